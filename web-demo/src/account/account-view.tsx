export default function AccountView() {
  return <main />;
}
