package main

import "strings"

// extensions are those that files of a media type have, the usual one first.
func extensions(mediaType string) []string {
	media, _, _ := strings.Cut(mediaType, ";")
	switch media = strings.TrimSpace(strings.ToLower(media)); media {
	case "application/pdf", "application/x-pdf":
		return []string{".pdf"}
	case "image/png", "image/x-png":
		return []string{".png"}
	case "image/jpeg", "image/jpg", "image/pjpeg":
		return []string{".jpg", ".jpeg"}
	case "image/tiff", "image/tif", "image/x-tiff":
		return []string{".tif", ".tiff"}
	case "image/gif":
		return []string{".gif"}
	case "image/bmp", "image/x-ms-bmp":
		return []string{".bmp"}
	case "application/rtf", "application/x-rtf", "text/rtf", "text/richtext":
		return []string{".rtf"}
	case "text/plain":
		return []string{".txt"}
	case "text/html", "application/xhtml+xml":
		return []string{".html", ".htm", ".xhtml"}
	case "application/gzip", "application/x-gzip":
		return []string{".gz"}
	case "application/dicom":
		return []string{".dcm"}
	}
	return officeExtensions(media)
}

func officeExtensions(media string) []string {
	switch {
	case media == "application/msword", media == "application/x-ole-storage":
		return []string{".doc"}
	case strings.HasSuffix(media, "wordprocessingml.document"):
		return []string{".docx"}
	case strings.HasSuffix(media, "spreadsheetml.sheet"):
		return []string{".xlsx"}
	case strings.HasSuffix(media, "presentationml.presentation"):
		return []string{".pptx"}
	case media == "application/zip", media == "application/x-zip-compressed":
		return []string{".zip"}
	case strings.HasSuffix(media, "/xml"), strings.HasSuffix(media, "+xml"):
		return []string{".xml"}
	case strings.HasSuffix(media, "/json"), strings.HasSuffix(media, "+json"):
		return []string{".json"}
	}
	return []string{".bin"}
}
