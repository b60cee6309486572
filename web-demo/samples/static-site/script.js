const seasons = ['winter', 'spring', 'summer', 'autumn'];
const month = new Date().getMonth();

document.querySelector('#season').textContent = seasons[Math.floor(((month + 1) % 12) / 3)];
document.documentElement.dataset.script = 'ran';
