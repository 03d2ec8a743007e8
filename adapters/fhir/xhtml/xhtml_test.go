package xhtml_test

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/xhtml"
)

func TestNarrativeBecomesTextAndSafeMarkup(t *testing.T) {
	cases := []struct{ name, markup, text, safe string }{
		{
			name:   "tables keep rows and cells",
			markup: `<div xmlns="http://www.w3.org/1999/xhtml"><h3>Repeats</h3><table class="x"><thead><tr><th>Drug</th><th>Dose</th></tr></thead><tbody><tr><td>Paracetamol 250mg/5ml</td><td></td><td>12-May-2020</td></tr></tbody></table></div>`,
			text:   "Repeats\nDrug | Dose\nParacetamol 250mg/5ml |  | 12-May-2020",
			safe:   `<div><h3>Repeats</h3><table><thead><tr><th>Drug</th><th>Dose</th></tr></thead><tbody><tr><td>Paracetamol 250mg/5ml</td><td></td><td>12-May-2020</td></tr></tbody></table></div>`,
		},
		{
			name:   "a block in a cell stays in its row",
			markup: `<table><tr><td><p>one</p><p>two</p></td><td>three</td></tr><tr><td colspan="2">four</td></tr></table>`,
			text:   "one two | three\nfour",
			safe:   `<table><tr><td><p>one</p><p>two</p></td><td>three</td></tr><tr><td colspan="2">four</td></tr></table>`,
		},
		{
			name:   "lists and breaks",
			markup: `<p>Take<br/>daily</p><ul><li>with <b>food</b></li><li>not with milk</li></ul>`,
			text:   "Take\ndaily\n- with food\n- not with milk",
			safe:   `<p>Take<br/>daily</p><ul><li>with <b>food</b></li><li>not with milk</li></ul>`,
		},
		{
			name:   "nothing that acts",
			markup: `<p onclick="x()" style="display:none">a<script>alert(1)</script><style>p{}</style><a href="javascript:x()">b</a><img src="https://x.invalid/?q=1" alt="chart" onerror="x()"/><iframe src="x"></iframe></p>`,
			text:   "ab [chart]",
			safe:   `<p>ab [chart] </p>`,
		},
		{
			name:   "an empty element in XHTML swallows nothing",
			markup: `<div><title/>Allergic to <script src="x"/>penicillin</div>`,
			text:   "Allergic to penicillin",
			safe:   `<div>Allergic to penicillin</div>`,
		},
		{
			name:   "character data and entities",
			markup: `<div><![CDATA[5 < 6]]> &amp; mg&nbsp;daily &lt;script&gt;</div>`,
			text:   "5 < 6 & mg daily <script>",
			safe:   "<div>5 &lt; 6 &amp; mg\u00a0daily &lt;script&gt;</div>",
		},
		{
			name:   "unknown elements keep their words, open ones are closed",
			markup: `<p><font color="red"><x:y>severe</x:y></font> <b>reaction`,
			text:   "severe reaction",
			safe:   `<p>severe <b>reaction</b></p>`,
		},
		{
			name:   "a document type declares no entity",
			markup: `<!DOCTYPE div [<!ENTITY a "bbbb">]><div>&a;</div>`,
			text:   "]>\n&a;",
			safe:   `]&gt;<div>&amp;a;</div>`,
		},
		{
			name:   "preformatted lines stay",
			markup: "<pre>10 mg\n  twice</pre><p>x</p>",
			text:   "10 mg\n  twice\nx",
			safe:   "<pre>10 mg\n  twice</pre><p>x</p>",
		},
		{
			name:   "deleted words do not read like live ones",
			markup: `<p>Take <del>Warfarin 5mg</del><ins>Apixaban 5mg</ins> daily</p><p><strike>Aspirin</strike></p>`,
			text:   "Take [deleted: Warfarin 5mg] Apixaban 5mg daily\n[deleted: Aspirin]",
			safe:   `<p>Take <del>Warfarin 5mg</del><ins>Apixaban 5mg</ins> daily</p><p><s>Aspirin</s></p>`,
		},
		{
			name:   "a line through words strikes them out, row by row and cell by cell",
			markup: `<table><tr style="color: red; Text-Decoration: LINE-THROUGH"><td>Warfarin</td><td>5mg</td></tr><tr><td>Aspirin</td></tr></table><p style="text-decoration:line-through">one<br>two</p><pre><s>a` + "\n" + `b</s></pre>`,
			text:   "[deleted: Warfarin] | [deleted: 5mg]\nAspirin\n[deleted: one]\n[deleted: two]\n[deleted: a]\n[deleted: b]",
			safe:   `<table><tr><td><s>Warfarin</s></td><td><s>5mg</s></td></tr><tr><td>Aspirin</td></tr></table><p><s>one</s><br/><s>two</s></p><pre><s>a` + "\n" + `b</s></pre>`,
		},
		{
			name:   "the end of a block ends a deletion that was left open in it",
			markup: `<div><p><del>old</p><p>new</p></div>`,
			text:   "[deleted: old]\nnew",
			safe:   `<div><p><del>old</del></p><p>new</p></div>`,
		},
		{
			name:   "powers and indices keep their place",
			markup: `<p>WBC 11 x 10<sup>9</sup>/L, 2<sup>3</sup>4, m<sup> 2 </sup>, H<sub>2</sub>O<sup></sup></p>`,
			text:   "WBC 11 x 10^9/L, 2^3 4, m ^2 , H_2O",
			safe:   `<p>WBC 11 x 10<sup>9</sup>/L, 2<sup>3</sup>4, m<sup> 2 </sup>, H<sub>2</sub>O<sup></sup></p>`,
		},
		{name: "nothing", markup: "", text: "", safe: ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := xhtml.Read(c.markup)
			want := xhtml.Narrative{Text: c.text, Markup: c.safe}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestNarrativeIsBounded(t *testing.T) {
	deep := strings.Repeat("<div>", 5000) + "end"
	got := xhtml.Read(deep)
	if got.Text != "end" || strings.Count(got.Markup, "<div>") != xhtml.MaxDepth {
		t.Errorf("deep markup: %d elements", strings.Count(got.Markup, "<div>"))
	}
	if lost := xhtml.Read(deep + "<del>old</del>"); !strings.Contains(lost.Markup, "<s>old</s>") {
		t.Error("a deletion deeper than is kept reads like live words")
	}
	long := xhtml.Read("<p>" + strings.Repeat("word ", xhtml.MaxBytes/4) + "</p>")
	if !long.Truncated || len(long.Text) > xhtml.MaxBytes {
		t.Error("a narrative over the limit must say that it was cut")
	}
}

func FuzzXHTML(f *testing.F) {
	f.Add(`<div xmlns="http://www.w3.org/1999/xhtml"><p>a</p><table><tr><td>b</td></tr></table></div>`)
	f.Add(`<script>x</script><a href="javascript:x">y</a><img src=x onerror=y><svg/onload=x>`)
	f.Add(`<div style="text-decoration:line-through">a<del>b</div>c<strike>d<br>10<sup>9</sup></s>1`)
	f.Add("<![CDATA[<script>]]>&lt;b&gt;\x00\xff")
	f.Fuzz(func(t *testing.T, markup string) {
		got := xhtml.Read(markup)
		wellFormed(t, got.Markup)
		again := xhtml.Read(got.Markup)
		if again.Markup != got.Markup {
			t.Errorf("sanitising again changes it: %q, then %q", got.Markup, again.Markup)
		}
	})
}

// wellFormed parses markup strictly and finds nothing but what is allowed.
func wellFormed(t *testing.T, markup string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader("<r>" + markup + "</r>"))
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("not well formed: %v", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "script", "style", "a", "img", "iframe", "object", "svg", "form", "input", "link", "meta":
			t.Fatalf("element %s", start.Name.Local)
		}
		for _, a := range start.Attr {
			if a.Name.Local != "colspan" && a.Name.Local != "rowspan" {
				t.Fatalf("attribute %s", a.Name.Local)
			}
		}
	}
}
