package soap

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// faultKind reads what a fault means by its codes (SOAP 1.2 part 1, section 5.4.6; SOAP 1.1,
// section 4.4.1; WS-Security 1.1, section 12). Its words are not read: they can name anybody.
func faultKind(fault *xmltree.Element) Kind {
	codes := faultCodes(fault)
	for _, code := range codes {
		switch code {
		case "FailedAuthentication", "FailedCheck", "InvalidSecurity", "InvalidSecurityToken", "SecurityTokenUnavailable",
			"UnsupportedSecurityToken", "UnsupportedAlgorithm", "MessageExpired", "AccessDenied", "InvalidScope", "RequestFailed":
			return KindRefused
		case "EndpointUnavailable", "Busy", "ServerBusy", "XDSRegistryBusy", "XDSRepositoryBusy":
			return KindBusy
		}
	}
	for _, code := range codes {
		switch code {
		case "Sender", "Client", "MustUnderstand", "VersionMismatch", "DataEncodingUnknown":
			return KindSender
		}
	}
	return KindReceiver
}

// faultCodes are the local names of a fault's code and subcodes: of its outermost code first.
func faultCodes(fault *xmltree.Element) []string {
	out := []string{localName(fault.Child("faultcode"))}
	for code := fault.Child("Code"); code != nil; code = code.Child("Subcode") {
		out = append(out, localName(code.Child("Value")))
	}
	return out
}

// localName is the part of a qualified name behind its prefix. SOAP 1.1 lets codes be more
// precise behind a full stop ("Client.Authentication").
func localName(e *xmltree.Element) string {
	name := strings.TrimSpace(e.Text())
	name = name[strings.LastIndexByte(name, ':')+1:]
	before, _, _ := strings.Cut(name, ".")
	return before
}
