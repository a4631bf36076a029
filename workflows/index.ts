export { deliverCampaign } from './deliverCampaign.js';
