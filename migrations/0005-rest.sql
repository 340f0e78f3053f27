-- Kept answers of every kind of change, in their own order: `json` keeps the text as it was written.

alter table kept_answer
  drop constraint kept_answer_answer_check,
  alter column answer type json using case when answer is not null then json_build_object('value', answer) end,
  add constraint kept_answer_answer_check check (json_typeof(answer) = 'object');
