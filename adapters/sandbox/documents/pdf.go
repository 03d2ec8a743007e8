package documents

import (
	"bytes"
	"fmt"
	"strings"
)

// PDF makes a one-page PDF 1.4 of lines of text, with so many bytes of a comment besides: enough for any viewer, and the
// same bytes every time (ISO 32000-1, 7.5).
func PDF(lines []string, padding int) []byte {
	var text strings.Builder
	text.WriteString("BT /F1 11 Tf 56 780 Td 16 TL\n")
	for _, line := range lines {
		fmt.Fprintf(&text, "(%s) Tj T*\n", pdfString(line))
	}
	text.WriteString("ET")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", text.Len(), text.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	return assemble(objects, padding)
}

func assemble(objects []string, padding int) []byte {
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n")
	pad(&out, padding)
	offsets := make([]int, len(objects))
	for i, object := range objects {
		offsets[i] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return out.Bytes()
}

// pad writes comment lines, at least as many bytes as asked for.
func pad(out *bytes.Buffer, bytes int) {
	const line = "% nothing but length, nothing but length, nothing but length, nothing but len\n"
	out.Grow(bytes)
	for written := 0; written < bytes; written += len(line) {
		out.WriteString(line)
	}
}

func pdfString(s string) string {
	return strings.NewReplacer(`\`, `\\`, `(`, `\(`, `)`, `\)`).Replace(s)
}
