// Cypress: recordings are played by its Node part, since a browser starts no program.

import { play } from './replay.mjs';

let player;

/** What specs ask for by `cy.task`. */
export const tasks = {
  async play({ files, flags }) {
    player?.stop();
    player = await play(files, flags);
    return { api: player.api, builds: player.builds };
  },
  stop() {
    player?.stop();
    player = undefined;
    return null;
  },
};

export default {
  e2e: {
    supportFile: false,
    specPattern: '*.cy.js',
    setupNodeEvents(on) {
      on('task', tasks);
      on('after:run', () => tasks.stop());
    },
  },
};
