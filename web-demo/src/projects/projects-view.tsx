export default function ProjectsView() {
  return <main />;
}
