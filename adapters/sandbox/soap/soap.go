// Package soap reads and writes SOAP 1.2 messages with WS-Addressing and MTOM as IHE wants them (ITI TF-2x, appendix V),
// for simulated regional systems. It is strict: what the specifications demand of a consumer is demanded here.
package soap

import (
	"net/http"

	"github.com/beevik/etree"
)

// The namespaces of a message's frame.
const (
	EnvelopeSpace   = "http://www.w3.org/2003/05/soap-envelope"
	AddressingSpace = "http://www.w3.org/2005/08/addressing"
	SecuritySpace   = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"

	anonymous = "http://www.w3.org/2005/08/addressing/anonymous"
	// MediaType of a message that stands alone.
	MediaType = "application/soap+xml"
)

// Message is a request that was understood.
type Message struct {
	Envelope *etree.Element
	Header   *etree.Element
	// Payload is the one element of the body.
	Payload *etree.Element
	// ID is its wsa:MessageID, which the answer relates to.
	ID string
}

// Rules are what an address demands of a request.
type Rules struct {
	// Actions that it serves.
	Actions []string
	// Multipart says that a request may come as MTOM too.
	Multipart bool
	// Payload and Space name the element that the body must hold.
	Payload, Space string
}

// Read reads a request, or says what is wrong with it.
func Read(r *http.Request, rules Rules) (*Message, *Fault) {
	raw, action, fault := content(r, rules)
	if fault != nil {
		return nil, fault
	}
	m, fault := parse(raw)
	if fault != nil {
		return nil, fault
	}
	if fault := m.address(r, rules, action); fault != nil {
		return nil, fault
	}
	if m.Payload.Tag != rules.Payload || m.Payload.NamespaceURI() != rules.Space {
		return nil, Sender("", "the body holds "+m.Payload.Tag+", not "+rules.Payload)
	}
	return m, nil
}

// Child gives the first child of that namespace and name, or nil.
func Child(e *etree.Element, space, tag string) *etree.Element {
	if found := Children(e, space, tag); len(found) > 0 {
		return found[0]
	}
	return nil
}

// Children gives the children of that namespace and name.
func Children(e *etree.Element, space, tag string) []*etree.Element {
	var found []*etree.Element
	if e == nil {
		return nil
	}
	for _, child := range e.ChildElements() {
		if child.Tag == tag && child.NamespaceURI() == space {
			found = append(found, child)
		}
	}
	return found
}

// At goes down by names of one namespace, or gives nil.
func At(e *etree.Element, space string, tags ...string) *etree.Element {
	for _, tag := range tags {
		e = Child(e, space, tag)
	}
	return e
}
