package network

import "fmt"

// keeper is who keeps the allow-list between us and a network.
func (t *trial) keeper() string {
	switch t.endpoint.GetNetwork() {
	case "HSCN", "nww":
		return "your HSCN aggregator and your own network team"
	case "local":
		return "whoever runs the adapter beside this gateway"
	}
	return "your own network team"
}

func (t *trial) askName() string {
	switch t.endpoint.GetNetwork() {
	case "HSCN", "nww":
		return fmt.Sprintf("Ask your own network team whether this machine uses the name servers of HSCN, and the region whether %s is the right name.", t.endpoint.GetHost())
	case "local":
		return "Ask whoever runs the adapter for its address."
	}
	return fmt.Sprintf("Ask your own network team for name resolution, and the region whether %s is the right name.", t.endpoint.GetHost())
}

func (t *trial) askPassage() string {
	return fmt.Sprintf("Ask %s to allow outbound TCP from this machine to %s port %d, and the region whether our address is on its list.",
		t.keeper(), t.endpoint.GetHost(), t.endpoint.GetPort())
}

const (
	askListening = "Ask the region whether its service is up at this port."
	askBetween   = "Ask your own network team what stands between: a firewall or a proxy answers in the region's place."
	askAuthority = "Ask the region which authority issues its certificate, and put that authority's certificate into ca_file."
	askName      = "Ask the region for the name in its certificate, or your own network team whether a proxy answers in its place."
	askRenewal   = "Ask the region to renew its certificate."
	askVersion   = "Ask the region to offer TLS 1.2 or newer."
	askOurs      = "Ask the region which authority's client certificates it takes, and whether it knows ours: see cert_file."
	askOwn       = "Renew our client certificate with whoever issued it, and replace cert_file and key_file."
	askMutual    = "Ask the region for a client certificate, and put it into cert_file and key_file."
	askService   = "Ask the region whether the service behind its front door is up."
	askRedirect  = "Ask the region for the address that its service has now; it redirects elsewhere."
	askAllowed   = "Add it to allow_hosts of the region."
	askReach     = "Do as the dns and tcp lines of this region's addresses say: its adapter uses the same ones."
	askOften     = "Ask the region how many requests it takes from our client, and lower guards.concurrency of the region."
	askRegion    = "Ask the region what it says of our client, quoting our client id."
	askAccess    = "Ask the region whether our client id, secret and keys are those that it has registered."
)
