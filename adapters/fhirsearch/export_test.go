package fhirsearch

// ParsePage opens the reader of pages to a fuzz target.
func ParsePage(body []byte) (matches, entries int, next string, err error) {
	p, err := parsePage(body)
	return p.count, p.entries, p.next, err
}

// ReadRefusal opens the reader of refusals to a fuzz target.
func ReadRefusal(body []byte) (code, requestID string) {
	said := readRefusal(body)
	return said.code, said.requestID
}

// OpenHandle seals a handle for one number and opens a handle for another.
func OpenHandle(sealedFor, openedFor string, ids []string, change func([]byte) []byte) ([]string, error) {
	h := handles{key: []byte("key"), region: "smallshire"}
	return h.open(openedFor, change(h.seal(sealedFor, ids)))
}
