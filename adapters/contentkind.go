package adapters

import (
	"bytes"
	"net/http"
	"strings"
	"unicode/utf16"
)

// kind is what a document's first bytes show it to be, or that all of it is text.
type kind string

// The kinds that are told apart. Their names are the media types that stand for them.
const (
	kindPDF     kind = "application/pdf"
	kindPNG     kind = "image/png"
	kindJPEG    kind = "image/jpeg"
	kindGIF     kind = "image/gif"
	kindTIFF    kind = "image/tiff"
	kindBMP     kind = "image/bmp"
	kindRTF     kind = "application/rtf"
	kindZIP     kind = "application/zip"
	kindGZIP    kind = "application/gzip"
	kindOLE     kind = "application/x-ole-storage"
	kindDICOM   kind = "application/dicom"
	kindHTML    kind = "text/html"
	kindXML     kind = "application/xml"
	kindText    kind = "text/plain"
	kindUnknown kind = "application/octet-stream"
)

// kindOf looks at a document's bytes.
func kindOf(content []byte) kind {
	if k := magic(content); k != kindUnknown {
		return k
	}
	head := beginning(content)
	switch {
	case htmlPage(head):
		return kindHTML
	case markup(head):
		return kindXML
	case strings.HasPrefix(head, `{\rtf`):
		return kindRTF
	case bytes.Contains(content[:min(len(content), pdfHeader)], []byte("%PDF-")):
		return kindPDF
	case isText(content):
		return kindText
	}
	return kindUnknown
}

// pdfHeader is within how many bytes the header of a PDF must stand: readers allow
// something before it (ISO 32000-1, annex H, note 13).
const pdfHeader = 1024

// magic is the kind by the signature at the very beginning.
func magic(content []byte) kind {
	for _, s := range []struct {
		signature string
		kind      kind
	}{
		{"%PDF-", kindPDF},
		{"\x89PNG\r\n\x1a\n", kindPNG},
		{"\xff\xd8\xff", kindJPEG},
		{"GIF87a", kindGIF}, {"GIF89a", kindGIF},
		{"II*\x00", kindTIFF}, {"MM\x00*", kindTIFF}, {"II+\x00", kindTIFF}, {"MM\x00+", kindTIFF},
		{"PK\x03\x04", kindZIP}, {"PK\x05\x06", kindZIP},
		{"\x1f\x8b\x08", kindGZIP},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", kindOLE},
	} {
		if bytes.HasPrefix(content, []byte(s.signature)) {
			return s.kind
		}
	}
	switch {
	case len(content) > 132 && string(content[128:132]) == "DICM":
		return kindDICOM
	case bytes.HasPrefix(content, []byte("BM")) && !isText(content):
		return kindBMP
	}
	return kindUnknown
}

// lookedAt is how many bytes of a text tell what it is.
const lookedAt = 4096

// beginning is how a text begins, in lower case, without a byte order mark and without blanks.
func beginning(content []byte) string {
	head := content[:min(len(content), lookedAt)]
	if order := utf16Order(head); order != nil {
		head = narrowed(head, order)
	}
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	return strings.ToLower(strings.TrimLeft(string(head), "\ufeff \t\r\n\f"))
}

// markup says whether a text begins as XML or HTML does.
func markup(head string) bool {
	return len(head) > 1 && head[0] == '<' && (head[1] == '?' || head[1] == '!' || head[1] >= 'a' && head[1] <= 'z' || head[1] == '_')
}

// htmlPage says whether a text is a page of HTML: its document type or its first element says so.
func htmlPage(head string) bool {
	for markup(head) {
		rest, prolog := afterProlog(head)
		if !prolog {
			break
		}
		head = rest
	}
	for _, begins := range []string{"<!doctype html", "<html", "<head", "<body", "<title"} {
		if after, ok := strings.CutPrefix(head, begins); ok && (after == "" || strings.ContainsAny(after[:1], " \t\r\n\f/>")) {
			return true
		}
	}
	return false
}

// afterProlog skips one processing instruction or comment.
func afterProlog(head string) (rest string, skipped bool) {
	for open, end := range map[string]string{"<?": "?>", "<!--": "-->"} {
		if !strings.HasPrefix(head, open) {
			continue
		}
		if _, after, found := strings.Cut(head, end); found {
			return strings.TrimLeft(after, " \t\r\n\f"), true
		}
	}
	return head, false
}

// declaredXML says whether a text begins with an XML declaration.
func declaredXML(content []byte) bool { return strings.HasPrefix(beginning(content), "<?xml") }

// isText says whether bytes are a text in any of the encodings that are met: no NUL, and
// no control character but those that texts have (WHATWG MIME Sniffing, binary data bytes).
func isText(content []byte) bool {
	if order := utf16Order(content[:min(len(content), lookedAt)]); order != nil {
		return true
	}
	for _, b := range content {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != '\v' && b != 0x1b && b != 0x1a || b == 0x7f {
			return false
		}
	}
	return true
}

// utf16Order is how a text in UTF-16 orders its bytes: which of two is the high one. Nil
// for any other text.
func utf16Order(head []byte) *int {
	high := 0
	switch {
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return &high
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		high = 1
		return &high
	}
	return nil
}

// narrowed is a text in UTF-16 as UTF-8.
func narrowed(head []byte, high *int) []byte {
	units := make([]uint16, 0, len(head)/2)
	for i := 0; i+1 < len(head); i += 2 {
		units = append(units, uint16(head[i+*high])<<8|uint16(head[i+1-*high]))
	}
	return []byte(string(utf16.Decode(units)))
}

// mediaType is the media type of bytes of which nobody has stated one.
func (k kind) mediaType(content []byte) string {
	switch k {
	case kindUnknown:
		media, _, _ := strings.Cut(http.DetectContentType(content), ";")
		if strings.HasPrefix(media, "text/") { // it only looks at the first bytes; they are not all
			return string(kindUnknown)
		}
		return media
	case kindZIP:
		return container(content)
	}
	return string(k)
}

// container is the media type of a ZIP archive by the folder that office documents have.
func container(content []byte) string {
	head := content[:min(len(content), 64<<10)]
	for folder, media := range map[string]string{
		"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"xl/":   "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"ppt/":  "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	} {
		if bytes.Contains(head, []byte("[Content_Types].xml")) && bytes.Contains(head, []byte(folder)) {
			return media
		}
	}
	return string(kindZIP)
}
