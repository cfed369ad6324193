package mailer

// A Letter is what a mail says, in its reader's language, before it has a
// shape. Every text is plain text and may be hostile; a line break in a
// paragraph stays one.
type Letter struct {
	Subject    string   `bson:"subject"`
	Preheader  string   `bson:"preheader,omitempty"` // what a list of mails shows beside the subject
	Heading    string   `bson:"heading,omitempty"`   // the subject if empty
	Facts      []Fact   `bson:"facts,omitempty"`     // when, where: shown first
	Paragraphs []string `bson:"paragraphs,omitempty"`
	Button     *Link    `bson:"button,omitempty"` // the one next step
	Links      []Link   `bson:"links,omitempty"`
	Closing    []string `bson:"closing,omitempty"` // after the button: notes, greetings
	Brand      Brand    `bson:"brand"`
	Emblem     *Emblem  `bson:"emblem,omitempty"`
}

// A Fact is one line of what, when and where.
type Fact struct {
	Label string `bson:"label"`
	Value string `bson:"value"`
}

// A Link is an absolute http, https, webcal or mailto address and what it leads to.
type Link struct {
	Label string `bson:"label"`
	URL   string `bson:"url"`
}

// A Brand is who the mail comes from, as its reader knows them.
type Brand struct {
	Name    string `bson:"name"`
	Colour  string `bson:"colour,omitempty"` // #rrggbb; the house's own otherwise
	URL     string `bson:"url,omitempty"`
	Address string `bson:"address,omitempty"` // postal, in one line
}

// An Emblem tells who pays: mails of a funded project carry it between the
// project's dates.
type Emblem struct {
	Text    string `bson:"text"`    // "Co-funded by the European Union", in the reader's language
	Project string `bson:"project"` // the project's name
}
