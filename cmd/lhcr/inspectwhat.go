package main

import (
	"bytes"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/ihe/soap"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// otherXML are kinds of XML that people meet beside records, by the names of their roots.
var otherXML = []struct{ name, words string }{
	{"schema", "an XML schema"},
	{"definitions", "a description of a service (WSDL)"},
	{"Assertion", "an assertion about a user (SAML)"},
	{"AdhocQueryRequest", "a question to a document registry, not its answer"},
	{"RetrieveDocumentSetRequest", "a question to a document repository, not its answer"},
	{"RegistryResponse", "a registry's receipt, which lists nothing"},
	{"ProvideAndRegisterDocumentSetRequest", "a submission to a document repository"},
	{"Fault", "a SOAP fault: the service refused or failed"},
	{"Envelope", "a SOAP message"},
	{"html", "a web page"},
}

// messageWords say what XML is, by its root or, in a message, by what the message holds; empty where nobody can tell.
func messageWords(body []byte) string {
	_, root, err := soap.Parse("", body)
	if err != nil {
		name, err := xmltree.Root(body)
		if err != nil {
			return ""
		}
		root = &xmltree.Element{Name: name}
	}
	if inside := root.Child("Body").Children(""); root.Local == "Envelope" && len(inside) > 0 {
		root = inside[0]
	}
	for _, x := range otherXML {
		if root.Local == x.name {
			return x.words
		}
	}
	switch {
	case strings.HasPrefix(root.Local, "PRPA_"):
		return "an HL7 version 3 message about who a patient is"
	case strings.HasSuffix(root.Local, "Request"):
		return "a request, not an answer"
	case len(root.Local) > 4 && root.Local[4] == '_' && strings.ToUpper(root.Local) == root.Local:
		return "an HL7 version 3 message"
	}
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return "XML of a kind that is not known"
	}
	return ""
}
