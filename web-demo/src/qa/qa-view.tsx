export default function QaView({ buildId }: { buildId: string | undefined }) {
  return <main>{buildId}</main>;
}
