package network

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/transport"
)

// adviceOn is what to ask of whom when an adapter failed with these words, or the other
// advice. An adapter tells in words alone how it failed, also one in a process of its own:
// those of the connection are of package transport, the others of kits.
func adviceOn(words, other string) string {
	for _, known := range adviceByKind {
		if strings.Contains(words, (&transport.Error{Kind: known.kind}).Error()) {
			return known.ask
		}
	}
	for _, known := range adviceByWords {
		if strings.Contains(words, known.words) {
			return known.ask
		}
	}
	return other
}

// adviceByKind is the advice on each failure of the connection.
var adviceByKind = []struct {
	kind transport.Kind
	ask  string
}{
	{transport.KindUnreachable, askReach},
	{transport.KindTimedOut, askService},
	{transport.KindBroken, askBetween},
	{transport.KindTruncated, askBetween},
	{transport.KindAddress, askAllowed},
	{transport.KindRedirect, askRedirect},
	{transport.KindCertificate, askOurs},
	{transport.KindUntrusted, askAuthority},
}

// adviceByWords is the advice on what the region's services answered.
var adviceByWords = []struct{ words, ask string }{
	{"refused our credentials", askAccess},
	{"refused us", askAccess},
	{"ask too often", askOften},
	{"the token service failed", askService},
	{"the region failed", askService},
}
