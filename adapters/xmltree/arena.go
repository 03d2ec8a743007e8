package xmltree

// arena hands out elements, nodes and attributes from slabs, so that a document costs a few allocations rather than a
// few for each element. Slabs grow with the document and live as long as any of it.
type arena struct {
	elements []Element
	nodes    []Node
	attrs    []Attr
}

const (
	slabLeast = 32
	slabMost  = 4096
)

func (a *arena) element() *Element {
	if len(a.elements) == cap(a.elements) {
		a.elements = make([]Element, 0, slab(cap(a.elements), 1))
	}
	a.elements = a.elements[:len(a.elements)+1]
	return &a.elements[len(a.elements)-1]
}

// keepNodes copies the nodes into the arena; the copy cannot grow into its neighbour.
func (a *arena) keepNodes(nodes []Node) []Node {
	if len(nodes) == 0 {
		return nil
	}
	if cap(a.nodes)-len(a.nodes) < len(nodes) {
		a.nodes = make([]Node, 0, slab(cap(a.nodes), len(nodes)))
	}
	start := len(a.nodes)
	a.nodes = append(a.nodes, nodes...)
	return a.nodes[start:len(a.nodes):len(a.nodes)]
}

func (a *arena) keepAttrs(attrs []Attr) []Attr {
	if len(attrs) == 0 {
		return nil
	}
	if cap(a.attrs)-len(a.attrs) < len(attrs) {
		a.attrs = make([]Attr, 0, slab(cap(a.attrs), len(attrs)))
	}
	start := len(a.attrs)
	a.attrs = append(a.attrs, attrs...)
	return a.attrs[start:len(a.attrs):len(a.attrs)]
}

// slab is the size of the next slab: twice the last, within bounds, and never less than what must fit.
func slab(last, need int) int {
	return max(min(max(2*last, slabLeast), slabMost), need)
}
