package adapters

import (
	"mime"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// DocumentType is the media type of a document's bytes (RFC 6838), in lower case, with a
// charset where one was stated. Said are the types that were stated for it, the most
// telling first: what the record lists, then what came with the bytes. Each of them that
// says anything must fit the bytes; where none says anything, the bytes say it.
//
// DATA_LOSS is an answer that is not the document: no bytes at all, a page of HTML in the
// place of a letter, a text that is none.
func DocumentType(content []byte, said ...string) (string, error) {
	if len(content) == 0 {
		return "", status.Error(codes.DataLoss, "the document came without any content")
	}
	found := kindOf(content)
	answer := ""
	for _, statement := range said {
		media, full := stated(statement)
		if media == "" {
			continue
		}
		if !fits(media, found, content) {
			return "", status.Error(codes.DataLoss, "the document's content is not what its media type says")
		}
		if answer == "" {
			answer = full
		}
	}
	if answer == "" {
		return found.mediaType(content), nil
	}
	return answer, nil
}

// stated reads a stated media type: by itself, and with its charset. Nothing where the
// statement is none, or could be said of anything.
func stated(statement string) (media, full string) {
	media, params, err := mime.ParseMediaType(statement)
	if media == "" || err != nil && params != nil || !strings.Contains(media, "/") || generic(media) {
		return "", ""
	}
	full = media
	if charset := params["charset"]; charset != "" {
		if with := mime.FormatMediaType(media, map[string]string{"charset": strings.ToLower(charset)}); with != "" {
			full = with
		}
	}
	return media, full
}

// generic says whether a media type says nothing of the bytes.
func generic(media string) bool {
	top, sub, _ := strings.Cut(media, "/")
	return top == "binary" || sub == "*" || sub == "" || slices.Contains([]string{
		"application/octet-stream", "application/x-octet-stream", "application/binary", "application/unknown",
		"application/x-unknown", "application/x-download", "application/download", "application/force-download",
	}, media)
}

// fits says whether bytes of a kind can be of the stated media type. Of a type that is
// not known here they can, unless they are a page of HTML: that is what services answer
// in the place of what they cannot give.
func fits(media string, found kind, content []byte) bool {
	if accepted, ok := acceptable(media); ok {
		return slices.Contains(accepted, found)
	}
	switch {
	case strings.HasSuffix(media, "/xml"), strings.HasSuffix(media, "+xml"):
		return found == kindXML || found == kindHTML && declaredXML(content)
	case strings.HasSuffix(media, "/json"), strings.HasSuffix(media, "+json"):
		return found == kindText
	case strings.HasPrefix(media, "text/"):
		return slices.Contains([]kind{kindText, kindXML, kindRTF}, found)
	}
	return found != kindHTML
}

// acceptable are the kinds of bytes that go with a media type, with the types by which
// real systems call the same.
func acceptable(media string) (kinds []kind, known bool) {
	switch media {
	case "application/pdf", "application/x-pdf":
		return []kind{kindPDF}, true
	case "image/png", "image/x-png":
		return []kind{kindPNG}, true
	case "image/jpeg", "image/jpg", "image/pjpeg":
		return []kind{kindJPEG}, true
	case "image/gif":
		return []kind{kindGIF}, true
	case "image/tiff", "image/tif", "image/x-tiff":
		return []kind{kindTIFF}, true
	case "image/bmp", "image/x-ms-bmp":
		return []kind{kindBMP}, true
	case "application/rtf", "application/x-rtf", "text/rtf", "text/richtext":
		return []kind{kindRTF}, true
	case "application/gzip", "application/x-gzip":
		return []kind{kindGZIP}, true
	case "application/dicom":
		return []kind{kindDICOM}, true
	case "text/html", "application/xhtml+xml":
		return []kind{kindHTML, kindXML, kindText}, true
	}
	return office(media)
}

// office are the containers of word processors and their like: an older file can come
// under the newer type, and the reverse; one under a password is always the older container.
func office(media string) (kinds []kind, known bool) {
	switch {
	case media == "application/msword", strings.HasPrefix(media, "application/vnd.ms-word"):
		return []kind{kindOLE, kindZIP, kindRTF}, true
	case strings.HasPrefix(media, "application/vnd.ms-excel"), strings.HasPrefix(media, "application/vnd.ms-powerpoint"),
		strings.HasPrefix(media, "application/vnd.openxmlformats-"):
		return []kind{kindOLE, kindZIP}, true
	case strings.HasPrefix(media, "application/vnd.oasis.opendocument."), media == "application/zip", media == "application/x-zip-compressed":
		return []kind{kindZIP}, true
	}
	return nil, false
}
