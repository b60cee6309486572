export default function EventsView() {
  return <main />;
}
