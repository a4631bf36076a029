// Imported first by every launcher: says in one line what is missing where Node is too old to run the rest.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Rappel needs Node 20.19 or newer; this is Node ${process.versions.node}. Get one from https://nodejs.org`,
  );
  process.exit(1);
}
