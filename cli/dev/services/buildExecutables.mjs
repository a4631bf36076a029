// Builds the Temporal programs from the Go module proxy and from Maven Central, for machines that cannot download them.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { say, showProgress, stopping } from '../output.mjs';

/** `go install` of the Temporal CLI: 3 minutes on 2 idle cores, more than 6 on busy ones. */
export async function buildDevServer({ directory, version }) {
  await goInstall({
    title: 'Temporal dev server',
    directory,
    args: [`github.com/temporalio/cli/cmd/temporal@v${version}`],
  });
}

/** The server and the tool that makes its schema, under the names they have in the official archives. */
export async function buildServer({ directory, version }) {
  const module = 'go.temporal.io/server/cmd';
  // Without the optional gRPC parts of cloud libraries, which are most of the build.
  const args = ['-tags', 'disable_grpc_modules', `${module}/server@v${version}`, `${module}/tools/sql@v${version}`];
  await goInstall({ title: 'Temporal server', directory, args });
  renameSync(path.join(directory, 'server'), path.join(directory, 'temporal-server'));
  renameSync(path.join(directory, 'sql'), path.join(directory, 'temporal-sql-tool'));
}

async function goInstall({ title, directory, args }) {
  requireTool('go', ['version'], 'Go (https://go.dev/dl)');
  say(`Building the ${title} with Go: 1 to 9 minutes, once per machine…`);
  const counts = { modules: 0, packages: 0 };
  const progress = showProgress(
    () => `building: ${counts.modules} modules downloaded, ${counts.packages} packages compiled`,
  );
  try {
    await run({
      command: 'go',
      args: ['install', '-v', ...args],
      // Outside any Go module or workspace, so that none of their files has a say.
      cwd: directory,
      env: { ...process.env, GOBIN: directory, CGO_ENABLED: '0', GOWORK: 'off' },
      onLine(line) {
        if (line.startsWith('go: downloading')) counts.modules++;
        else if (!line.startsWith('go:')) counts.packages++;
      },
    });
  } finally {
    progress.stop();
  }
}

/** The test server is a Java library with a `main`: its jars, and a script of two lines that runs them. */
export async function buildTestServer({ directory, version, program }) {
  requireTool('java', ['-version'], 'Java 11 or newer');
  requireTool('mvn', ['--version'], 'Maven');
  say('Fetching the Temporal test server (33 MB of jars) with Maven: about half a minute, once per machine…');
  const build = mkdtempSync(path.join(tmpdir(), 'rappel-maven-'));
  const progress = showProgress(() => `fetching: ${countJars(path.join(directory, 'lib'))} jars`);
  try {
    writeFileSync(path.join(build, 'pom.xml'), pom(version));
    const args = ['-B', '-q', 'dependency:copy-dependencies', `-DoutputDirectory=${path.join(directory, 'lib')}`];
    await run({ command: 'mvn', args, cwd: build, env: process.env });
  } finally {
    progress.stop();
    rmSync(build, { recursive: true, force: true });
  }
  const script = path.join(directory, program);
  writeFileSync(script, `#!/bin/sh\nexec java -cp "$(dirname "$0")/lib/*" io.temporal.testserver.TestServer "$@"\n`);
  chmodSync(script, 0o755);
}

function pom(version) {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>rappel</groupId>
  <artifactId>temporal-test-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`;
}

function countJars(folder) {
  try {
    return readdirSync(folder).length;
  } catch {
    return 0;
  }
}

function requireTool(command, args, title) {
  if (spawnSync(command, args, { stdio: 'ignore' }).status !== 0) throw new Error(`${title} is not installed`);
}

function run({ command, args, cwd, env, onLine = () => undefined }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], signal: stopping.signal });
    const last = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        onLine(line);
        last.push(line);
        if (last.length > 5) last.shift();
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ended with ${code}: ${last.join(' | ')}`));
    });
  });
}
