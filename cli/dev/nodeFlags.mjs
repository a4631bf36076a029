// How Node runs what reads data from outside: without the setter by which such data could change the prototype of an object.
// The image and the first line of the command `rappel` say the same.
export const NODE_FLAGS = ['--disable-proto=delete'];
