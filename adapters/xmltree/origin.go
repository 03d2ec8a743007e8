package xmltree

import "unicode/utf8"

// origin turns offsets in the UTF-8 text, asked for in rising order, into offsets in the source.
type origin struct {
	charset
	text    []byte
	at, out int // an offset in the text, and the same place behind the mark in the source
	// stray is the source in UTF-8 where bytes of it that are none became U+FFFD in the text.
	stray []byte
}

// mendedOrigin is that of a text that was mended.
func mendedOrigin(c charset, data, text, whole []byte) origin {
	o := origin{charset: c, text: whole}
	if len(whole) != len(text) {
		o.stray = data[c.mark:]
	}
	return o
}

func (o *origin) of(offset int) int {
	if o.width == nil && o.stray == nil {
		return offset + o.mark
	}
	for o.at < offset {
		r, size := utf8.DecodeRune(o.text[o.at:])
		o.at += size
		o.out += o.bytes(r)
	}
	return o.out + o.mark
}

// bytes is how many of the source's the next character takes there.
func (o *origin) bytes(r rune) int {
	if o.stray == nil {
		return o.width(r)
	}
	_, size := utf8.DecodeRune(o.stray[o.out:])
	return size
}
