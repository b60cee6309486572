export default function ProjectView({ projectId }: { projectId: string }) {
  return <main>{projectId}</main>;
}
