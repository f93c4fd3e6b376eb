-- Items of stored responses and of conversations by their ids, so that a later request can refer to one.
CREATE TABLE response_items (
  organization_id TEXT NOT NULL,
  id TEXT NOT NULL,
  -- Response that had the item first. The input of later ones can have it too.
  response_id TEXT NOT NULL REFERENCES responses (id) ON DELETE CASCADE,
  -- 0: the item is in the output.
  is_input BIGINT NOT NULL,
  PRIMARY KEY (organization_id, id)
);

CREATE INDEX response_items_of_response ON response_items (response_id);

-- The id comes first, so that no statement on one conversation reads the items of its organization.
CREATE INDEX conversation_items_by_item ON conversation_items (id, organization_id);

INSERT INTO response_items (organization_id, id, response_id, is_input)
SELECT responses.organization_id, item.value ->> 'id', responses.id, 1
FROM responses, json_each(responses.input) AS item WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO response_items (organization_id, id, response_id, is_input)
SELECT responses.organization_id, item.value ->> 'id', responses.id, 0
FROM responses, json_each(responses.response, '$.output') AS item WHERE true
ON CONFLICT DO NOTHING;
