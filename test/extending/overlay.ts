/** Compiles the product with some files as they are given, without writing any. */
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.join(__dirname, '../..');

export type Files = Readonly<Record<string, string>>;

export interface Compiler {
  /** What the compiler has against the product with these files, which begin at the root of the repository. */
  problemsWith(files: Files): readonly string[];
}

export function createCompiler(): Compiler {
  const { options, fileNames } = readBuild();
  const texts = new Map<string, string>();
  const host = ts.createIncrementalCompilerHost(options);
  const { readFile, fileExists, getSourceFile, directoryExists } = host;
  host.readFile = (file) => texts.get(path.resolve(file)) ?? readFile(file);
  host.fileExists = (file) => texts.has(path.resolve(file)) || fileExists(file);
  host.directoryExists = (folder) =>
    [...texts.keys()].some((file) => file.startsWith(`${path.resolve(folder)}/`)) || directoryExists?.(folder) === true;
  const parsed = new Map<string, ts.SourceFile>();
  host.getSourceFile = (file, ...rest) => {
    const text = texts.get(path.resolve(file));
    const known = text === undefined ? parsed.get(file) : undefined;
    if (known !== undefined) return known;
    const source = getSourceFile(file, ...rest);
    if (source !== undefined && text === undefined) parsed.set(file, source);
    return source;
  };
  let before: ts.SemanticDiagnosticsBuilderProgram | undefined;
  return {
    problemsWith(files) {
      texts.clear();
      for (const [file, text] of Object.entries(files)) texts.set(path.join(ROOT, file), text);
      before = ts.createSemanticDiagnosticsBuilderProgram(fileNames, options, host, before);
      return [
        ...before.getOptionsDiagnostics(),
        ...before.getSyntacticDiagnostics(),
        ...before.getSemanticDiagnostics(),
      ].map(({ file, messageText }) => {
        const where = file === undefined ? '' : path.relative(ROOT, file.fileName);
        return `${where}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
      });
    },
  };
}

/** What `npm run build` compiles. */
function readBuild(): ts.ParsedCommandLine {
  const file = path.join(ROOT, 'tsconfig.build.json');
  const read = ts.readConfigFile(file, (name) => ts.sys.readFile(name));
  const { options, ...parsed } = ts.parseJsonConfigFileContent(read.config, ts.sys, ROOT);
  // A dummy need not be used.
  return { ...parsed, options: { ...options, noEmit: true, noUnusedLocals: false, noUnusedParameters: false } };
}
