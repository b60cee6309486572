import './style.css';
import wave from './wave.svg';

const app = document.querySelector('#app');
app.innerHTML = `
  <img src="${wave}" width="96" height="96" alt="">
  <h1>Tide clock</h1>
  <p id="tide">…</p>
  <button type="button">Show the day's tides</button>
  <ol id="tides"></ol>
`;

// Loaded when it is asked for: a chunk of its own in the build.
app.querySelector('button').addEventListener('click', async () => {
  const { tidesOf } = await import('./tides.js');
  const times = tidesOf(new Date());
  app.querySelector('#tides').innerHTML = times.map(({ time, high }) => `<li>${high ? 'High' : 'Low'} ${time}</li>`).join('');
});

const rising = Math.floor(Date.now() / (6.21 * 3_600_000)) % 2 === 0;
app.querySelector('#tide').textContent = rising ? 'The water is rising.' : 'The water is falling.';
