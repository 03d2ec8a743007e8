package xmltree

const xmlSpace = "http://www.w3.org/XML/1998/namespace"

// scope is the namespaces in force, innermost last (Namespaces in XML 1.0, section 6).
type scope struct{ bindings []binding }

type binding struct{ prefix, space string }

func (s *scope) declare(prefix, space string) {
	s.bindings = append(s.bindings, binding{prefix, space})
}

// element resolves the prefix of an element's name: "" is the default namespace.
func (s *scope) element(prefix string) string {
	for i := len(s.bindings) - 1; i >= 0; i-- {
		if s.bindings[i].prefix == prefix {
			return s.bindings[i].space
		}
	}
	if prefix == "xml" {
		return xmlSpace
	}
	return prefix
}

// attribute resolves the prefix of an attribute's name: the default namespace does not reach attributes (section 6.2).
func (s *scope) attribute(prefix string) string {
	if prefix == "" {
		return ""
	}
	return s.element(prefix)
}

func (s *scope) mark() int { return len(s.bindings) }

func (s *scope) release(mark int) { s.bindings = s.bindings[:mark] }
