// What deploy/mongo/users.js needs of mongosh, for tests: each command is a line out, and its answer
// a line in, as whoever runs this gives it.
const fs = require("node:fs");

function ask(question) {
  fs.writeSync(1, `${JSON.stringify(question)}\n`);
  const read = Buffer.alloc(65536);
  let line = "";
  while (!line.endsWith("\n")) {
    line += read.toString("utf8", 0, fs.readSync(0, read));
  }
  const answer = JSON.parse(line);
  if (answer.error) {
    throw new Error(answer.error);
  }
  return answer;
}

class Database {
  constructor(name) {
    this.name = name;
  }
  run(command) {
    return ask({ database: this.name, command: command });
  }
  getRole(role) {
    return this.run({ rolesInfo: role }).roles[0] || null;
  }
  createRole({ role, ...more }) {
    this.run({ createRole: role, ...more });
  }
  updateRole(role, more) {
    this.run({ updateRole: role, ...more });
  }
  getUser(user) {
    return this.run({ usersInfo: user }).users[0] || null;
  }
  createUser({ user, ...more }) {
    this.run({ createUser: user, ...more });
  }
  updateUser(user, more) {
    this.run({ updateUser: user, ...more });
  }
}

globalThis.db = { getSiblingDB: (name) => new Database(name) };
globalThis.print = (text) => ask({ said: text });
globalThis.passwordPrompt = () => ask({ asks: "password" }).password;
require(process.argv[2]);
