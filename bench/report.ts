/** The tables that the benchmarks print: floor, subject and their ratio, side by side. */

export function title(text: string): void {
  console.log(`\n${text}`);
  console.log(
    `  ${''.padEnd(24)}${'floor'.padStart(12)}${'subject'.padStart(12)}${'ratio'.padStart(10)}`,
  );
}

export function line(name: string, floor: number, subject: number, ratio: number): void {
  const cells = [floor, subject].map((cell) => cell.toFixed(cell < 100 ? 2 : 0).padStart(12));
  console.log(`  ${name.padEnd(24)}${cells.join('')}${ratio.toFixed(2).padStart(10)}`);
}
