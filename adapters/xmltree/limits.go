package xmltree

// Limits bound one document. A zero takes its default.
type Limits struct {
	Bytes    int // of the document as it came, and of its text in UTF-8; 64 MiB
	Depth    int // of elements within each other, the root being one; 128
	Elements int // in the whole document; 2,000,000
}

const (
	defaultBytes    = 64 << 20
	defaultDepth    = 128
	defaultElements = 2_000_000

	// attributesMost bounds the attributes of one element. The widest published one, a SAML assertion's root with its
	// namespaces, has a dozen.
	attributesMost = 256
)

func (l Limits) withDefaults() Limits {
	return Limits{
		Bytes:    orElse(l.Bytes, defaultBytes),
		Depth:    orElse(l.Depth, defaultDepth),
		Elements: orElse(l.Elements, defaultElements),
	}
}

func orElse(limit, otherwise int) int {
	if limit > 0 {
		return limit
	}
	return otherwise
}
