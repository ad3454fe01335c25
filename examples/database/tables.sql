-- Documents in folders. A folder is a group's; a document has an owner, and may be shared with people and groups.
-- Ids go into relationships: they never change, are never used again, and hold only letters, digits and /_|-=+ (so no e-mail addresses).

CREATE TABLE members (group_id text, person text, PRIMARY KEY (group_id, person));

CREATE TABLE folders (id text PRIMARY KEY, group_id text NOT NULL);

CREATE TABLE documents (
  id text PRIMARY KEY,
  folder text NOT NULL REFERENCES folders,
  owner text NOT NULL,
  title text NOT NULL,
  UNIQUE (folder, title) DEFERRABLE INITIALLY DEFERRED -- checked by COMMIT, which can fail like anything else
);

CREATE TABLE viewers (document text REFERENCES documents ON DELETE CASCADE, viewer text, PRIMARY KEY (document, viewer));

CREATE TABLE bans (document text REFERENCES documents ON DELETE CASCADE, person text, PRIMARY KEY (document, person));

-- What the tables say about permissions: the one place where rows become relationships.
CREATE VIEW relationships (type, id, relationship) AS
  SELECT 'group', group_id, 'group:' || group_id || '#member@user:' || person FROM members
  UNION ALL SELECT 'folder', id, 'folder:' || id || '#group@group:' || group_id FROM folders
  UNION ALL SELECT 'document', id, 'document:' || id || '#folder@folder:' || folder FROM documents
  UNION ALL SELECT 'document', id, 'document:' || id || '#owner@user:' || owner FROM documents
  UNION ALL SELECT 'document', document, 'document:' || document || '#viewer@' || viewer FROM viewers
  UNION ALL SELECT 'document', document, 'document:' || document || '#banned@user:' || person FROM bans;
