// The users of MongoDB, each with the rights that it needs and no others. As an administrator:
//   mongosh "$ADMINISTRATORS_URI" --file deploy/mongo/users.js
// Asks for the password of each that is not there yet; gives those that are there just these rights.
// docs/operations/security.md says what they are for.
const prefix = process.env.AFTERCARE_MONGO__DATABASE_PREFIX || "aftercare_";
const services = ["intake", "scoring", "followup", "complaints", "identity", "desk"];
const keys = `${prefix}access`;
const looksAtKeys = `${prefix}looks_at_keys`;
const admin = db.getSiblingDB("admin");

// Finds keys, and notes when one was used last.
const privileges = [
  { resource: { db: keys, collection: "keys" }, actions: ["find", "update"] },
];
if (admin.getRole(looksAtKeys)) {
  admin.updateRole(looksAtKeys, { privileges: privileges, roles: [] });
} else {
  admin.createRole({ role: looksAtKeys, privileges: privileges, roles: [] });
}

function give(user, roles) {
  if (admin.getUser(user)) {
    admin.updateUser(user, { roles: roles });
    print(`${user}: has its rights`);
    return;
  }
  print(`${user}: its password`);
  admin.createUser({ user: user, pwd: passwordPrompt(), roles: roles });
}

for (const service of services) {
  give(service, [
    { role: "readWrite", db: `${prefix}${service}` },
    { role: looksAtKeys, db: "admin" },
  ]);
}
give("keys", [{ role: "readWrite", db: keys }]); // whoever runs `aftercare keys`
