-- Grain: field asked of the client, with what it is asked by (a question, a parameter) and who verified it.
-- Reads: clients_completenessfield, clients_question, clients_parameter. Parameters: client.
SELECT field.part,
       field.subject_id,
       field.is_filled,
       field.verified_on,
       field.verified_by_id,
       coalesce(question.text, '') AS question,
       coalesce(parameter.name, '') AS name,
       coalesce(parameter.name_en, '') AS name_en
FROM clients_completenessfield field
LEFT JOIN clients_question question ON field.part = 'questions' AND question.id = field.subject_id
LEFT JOIN clients_parameter parameter ON field.part = 'parameters' AND parameter.id = field.subject_id
WHERE field.client_id = %(client)s
ORDER BY field.part, question."order", parameter."order", field.subject_id
