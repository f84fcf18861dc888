/*
 * What a self-test asks: our own texts, nobody's request. Each begins differently, so that none finds the beginning
 * of another in the model's cache, which would make reading it seem quicker than it is.
 */

const ledger = Array.from({ length: 40 }, (_, day) => {
  const number = day + 1;
  return `On day ${number} the pump ran ${(number * 7) % 24} hours, lifted ${number * 13} litres and was oiled by the ${number % 2 === 0 ? 'early' : 'late'} shift.`;
}).join(' ');

const inventory = Array.from({ length: 40 }, (_, shelf) => {
  const number = shelf + 1;
  return `Shelf ${number} holds ${(number * 11) % 60} jars of ${['plums', 'honey', 'lentils', 'salt'][number % 4]}, the oldest of them ${(number * 5) % 36} months old.`;
}).join(' ');

export interface TestPrompt {
  text: string;
  /** Long ones show how quickly a prompt is read; of a short one the start counts for more than the reading. */
  long: boolean;
  /** Tokens that are asked for. */
  answerTokens: number;
}

export const testPrompts: readonly TestPrompt[] = [
  {
    text: 'Name the seven colours of the rainbow, each with a thing that has it.',
    long: false,
    answerTokens: 128,
  },
  {
    text: `Read this log of a pump and say in a few sentences what is remarkable. ${ledger}`,
    long: true,
    answerTokens: 64,
  },
  { text: 'Write down how to make bread from flour, water, salt and yeast.', long: false, answerTokens: 128 },
  {
    text: `Here is the inventory of a cellar; say what should be eaten first and why. ${inventory}`,
    long: true,
    answerTokens: 64,
  },
  { text: 'Explain to a child why the moon seems to change its shape.', long: false, answerTokens: 128 },
];
