package fhirserver

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
)

const fhirSpace = "http://hl7.org/fhir"

// ToXML writes a FHIR JSON resource as FHIR XML (hl7.org/fhir/STU3/xml.html). Elements keep the order of the JSON, so a
// resource must be stored in the order of the standard. What is no JSON object comes back as it is.
func ToXML(body []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	root, err := readOrdered(decoder)
	resource, ok := root.(object)
	if err != nil || !ok {
		return body
	}
	var out bytes.Buffer
	out.WriteString(xml.Header)
	writeResource(&out, resource, ` xmlns="`+fhirSpace+`"`)
	return out.Bytes()
}

// object is a JSON object in its own order.
type object []member

type member struct {
	name  string
	value any // object, []any, string, json.Number, bool or nil
}

func (o object) get(name string) any {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

func readOrdered(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return readObject(decoder)
	case json.Delim('['):
		return readArray(decoder)
	default:
		return token, nil
	}
}

func readObject(decoder *json.Decoder) (any, error) {
	var o object
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		value, err := readOrdered(decoder)
		if err != nil {
			return nil, err
		}
		key, _ := name.(string)
		o = append(o, member{key, value})
	}
	_, err := decoder.Token()
	return o, err
}

func readArray(decoder *json.Decoder) (any, error) {
	list := []any{}
	for decoder.More() {
		value, err := readOrdered(decoder)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := decoder.Token()
	return list, err
}

func writeResource(out *bytes.Buffer, resource object, attributes string) {
	typ, _ := resource.get("resourceType").(string)
	out.WriteString("<" + typ + attributes + ">")
	for _, m := range resource {
		switch {
		case m.name == "resourceType":
		case strings.HasPrefix(m.name, "_"):
			writeLone(out, resource, m)
		case m.name == "text":
			writeNarrative(out, m.value)
		default:
			writeMember(out, m, resource.get("_"+m.name))
		}
	}
	out.WriteString("</" + typ + ">")
}

// writeNarrative writes Narrative.div, which is XHTML already.
func writeNarrative(out *bytes.Buffer, value any) {
	narrative, ok := value.(object)
	if !ok {
		writeMember(out, member{"text", value}, nil)
		return
	}
	out.WriteString("<text>")
	for _, m := range narrative {
		if div, ok := m.value.(string); ok && m.name == "div" {
			out.WriteString(div)
			continue
		}
		writeMember(out, m, nil)
	}
	out.WriteString("</text>")
}

// writeMember writes each element of a member, with what stands in its underscored companion beside it.
func writeMember(out *bytes.Buffer, m member, companion any) {
	list, ok := m.value.([]any)
	if !ok {
		writeElement(out, m.name, m.value, companion)
		return
	}
	companions, _ := companion.([]any)
	for i, value := range list {
		var beside any
		if i < len(companions) {
			beside = companions[i]
		}
		writeElement(out, m.name, value, beside)
	}
}

func writeElement(out *bytes.Buffer, name string, value, companion any) {
	if o, ok := value.(object); ok {
		if o.get("resourceType") != nil {
			out.WriteString("<" + name + ">")
			writeResource(out, o, "")
			out.WriteString("</" + name + ">")
			return
		}
		writeObject(out, name, "", o)
		return
	}
	attribute := ""
	if value != nil {
		attribute = ` value="` + escaped(primitive(value)) + `"`
	}
	beside, _ := companion.(object)
	writeObject(out, name, attribute, beside)
}

// writeObject writes an element whose id, and url if it is an extension, are attributes.
func writeObject(out *bytes.Buffer, name, attributes string, o object) {
	out.WriteString("<" + name)
	for _, m := range o {
		if text, ok := m.value.(string); ok && isAttribute(name, m.name) {
			out.WriteString(" " + m.name + `="` + escaped(text) + `"`)
		}
	}
	out.WriteString(attributes + ">")
	for _, m := range o {
		switch {
		case isAttribute(name, m.name):
		case strings.HasPrefix(m.name, "_"):
			writeLone(out, o, m)
		default:
			writeMember(out, m, o.get("_"+m.name))
		}
	}
	out.WriteString("</" + name + ">")
}

// writeLone writes the companion of an element that has no value: what has one was written with it.
func writeLone(out *bytes.Buffer, of object, companion member) {
	name := strings.TrimPrefix(companion.name, "_")
	beside, ok := companion.value.(object)
	if ok && of.get(name) == nil {
		writeObject(out, name, "", beside)
	}
}

func isAttribute(element, name string) bool {
	return name == "id" || name == "url" && (element == "extension" || element == "modifierExtension")
}

func primitive(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	default:
		return ""
	}
}

func escaped(text string) string {
	var out strings.Builder
	_ = xml.EscapeText(io.Writer(&out), []byte(text)) // a builder never fails to write
	return out.String()
}
