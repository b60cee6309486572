import { BuildPanel } from './build-panel';

export default function Page() {
  return (
    <main>
      <h1>A live build</h1>
      <BuildPanel />
    </main>
  );
}
