/** The open actions below the alerts, one line each: what, of whom, who is to do it, and how long there is. Not there while there are none. */
import { element, setAttribute, setShown, setText, sign } from './element.ts';
import type { TodoBoard, TodoRow } from '../model/actions/todo-model.ts';
import { fill, TEXTS, type Language } from '../model/strings.ts';
import type { AckOutcome } from '../line/gateway-client.ts';

export interface TodoListOptions {
  readonly lang: Language;
  /** null: nobody completes actions here. */
  readonly complete: ((action: string) => Promise<AckOutcome>) | null;
}
export interface TodoList {
  readonly root: HTMLElement;
  show(board: TodoBoard): void;
}
interface Row {
  readonly root: HTMLElement;
  show(row: TodoRow): void;
}

export function todoList(options: TodoListOptions): TodoList {
  const texts = TEXTS[options.lang];
  const heading = element('h2', 'todo-title');
  setText(heading, texts.todo);
  const count = element('span', 'todo-count');
  const list = element('ol', 'todo-rows');
  const more = element('p', 'todo-more');
  const root = element('section', 'todo', [element('header', 'todo-head', [heading, count]), list, more]);
  setShown(root, false);
  const rows = new Map<string, Row>();

  return {
    root,
    show(board) {
      const shown = new Set(board.rows.map(({ id }) => id));
      for (const [id, row] of rows) {
        if (shown.has(id)) continue;
        row.root.remove();
        rows.delete(id);
      }
      board.rows.forEach((model, index) => {
        let row = rows.get(model.id);
        if (row === undefined) rows.set(model.id, (row = todoRow(options, model.id)));
        row.show(model);
        const there = list.children.item(index);
        if (there !== row.root) list.insertBefore(row.root, there);
      });
      setText(count, board.count);
      setAttribute(count, 'data-tone', board.hasOverdue ? 'breach' : 'none');
      setText(more, board.more);
      setShown(more, board.more !== '');
      setShown(root, board.rows.length > 0);
    },
  };
}

function todoRow({ lang, complete }: TodoListOptions, id: string): Row {
  const texts = TEXTS[lang];
  const icon = sign();
  const title = element('span', 'todo-what');
  const subject = element('span', 'todo-subject');
  const owner = element('span', 'todo-owner');
  const when = element('span', 'todo-when');
  const done = element('button', 'button todo-done', [], { type: 'button' });
  setText(done, texts.todoDone);
  setShown(done, complete !== null);
  const press = async (): Promise<void> => {
    done.disabled = true;
    const outcome = (await complete?.(id)) ?? 'forbidden'; // there is no button then
    done.disabled = outcome === 'done';
    if (outcome === 'failed') setText(done, texts.todoFailed);
    if (outcome === 'forbidden') setShown(done, false);
  };
  done.addEventListener('click', () => void press());
  const root = element('li', 'todo-row', [
    icon.root,
    element('span', 'todo-text', [title, new Text(' '), subject]),
    element('span', 'todo-facts', [when, new Text(' '), owner]),
    done,
  ]);
  return {
    root,
    show(model) {
      setAttribute(root, 'data-action', model.id);
      setAttribute(root, 'data-tone', model.tone);
      icon.show(model.tone);
      setText(title, model.title);
      setText(subject, model.subject);
      setText(owner, model.owner);
      setText(when, model.when);
      setAttribute(done, 'aria-label', fill(texts.todoDoneOf, { title: `${model.title} ${model.subject}` }));
    },
  };
}
