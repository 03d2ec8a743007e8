package soap

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/beevik/etree"
)

// address checks the WS-Addressing headers (WS-Addressing 1.0 SOAP Binding; ITI TF-2x, V.3.2.2).
func (m *Message) address(r *http.Request, rules Rules, httpAction string) *Fault {
	if fault := m.mustUnderstand(); fault != nil {
		return fault
	}
	for _, name := range []string{"Action", "MessageID", "To"} {
		if n := len(Children(m.Header, AddressingSpace, name)); n != 1 {
			return addressing("MessageAddressingHeaderRequired", "wsa:"+name+" must be there once")
		}
	}
	action := Text(Child(m.Header, AddressingSpace, "Action"))
	if !slices.Contains(rules.Actions, action) {
		return addressing("ActionNotSupported", "the action "+action+" is not served at this address")
	}
	if httpAction != "" && httpAction != action {
		return addressing("InvalidAddressingHeader", "the action of the Content-Type is not wsa:Action")
	}
	if to := Text(Child(m.Header, AddressingSpace, "To")); to != "https://"+r.Host+r.URL.Path {
		return addressing("DestinationUnreachable", "wsa:To names another address: "+to)
	}
	m.ID = Text(Child(m.Header, AddressingSpace, "MessageID"))
	if id, err := url.Parse(m.ID); err != nil || !id.IsAbs() {
		return addressing("InvalidAddressingHeader", "wsa:MessageID is no absolute URI")
	}
	return m.replyTo()
}

func (m *Message) replyTo() *Fault {
	reply := Child(m.Header, AddressingSpace, "ReplyTo")
	if reply != nil && Text(Child(reply, AddressingSpace, "Address")) != anonymous {
		return addressing("OnlyAnonymousAddressSupported", "wsa:ReplyTo is not the anonymous address")
	}
	return nil
}

// mustUnderstand refuses a header block that must be understood and is not (SOAP 1.2 part 1, 2.4).
func (m *Message) mustUnderstand() *Fault {
	for _, block := range m.Header.ChildElements() {
		if !isTrue(mandatory(block)) || block.NamespaceURI() == AddressingSpace ||
			block.NamespaceURI() == SecuritySpace && block.Tag == "Security" {
			continue
		}
		return &Fault{Status: http.StatusInternalServerError, Code: "MustUnderstand",
			Reason: "the header " + block.Tag + " is not understood"}
	}
	return nil
}

func mandatory(block *etree.Element) string {
	for _, attr := range block.Attr {
		if attr.Key == "mustUnderstand" && attr.NamespaceURI() == EnvelopeSpace {
			return attr.Value
		}
	}
	return ""
}

func isTrue(s string) bool { return s == "1" || s == "true" }
