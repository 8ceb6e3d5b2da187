// Makes the one server of docker-compose.yml a replica set of one, once, and waits for its primary.
const name = "aftercare";
const host = "mongo:27017";
const limitMilliseconds = 60000;
const pauseMilliseconds = 200;

function initiated() {
  try {
    return rs.status().ok === 1;
  } catch (error) {
    if (error.codeName === "NotYetInitialized") return false;
    throw error;
  }
}

if (!initiated()) {
  rs.initiate({ _id: name, members: [{ _id: 0, host: host }] });
}

const started = new Date();
while (!db.hello().isWritablePrimary) {
  if (new Date() - started > limitMilliseconds) {
    print("no primary within a minute");
    quit(1);
  }
  sleep(pauseMilliseconds);
}
print(`replica set ${name}: ${host} is its primary`);
