package scheduling

import (
	"testing"

	"kohtaamo/storage"
)

// TestGoldenPrivacy compares the mails with the links that erase, and that show
// what is kept under an address alone.
func TestGoldenPrivacy(t *testing.T) {
	for _, lang := range texts().Langs() {
		p := newPost(t, lang, nil)
		must(t, p.AskErasure(t.Context(), p.reader.Actor()))
		p.compare(t, mailErase, 1)
		p.makeLists(t)
		p.reader = &Person{Email: "reader@example.org"}
		p.subscribed(t, p.reader.Email, &MailingList{Meta: fixed("news")})
		must(t, p.AskAddressData(t.Context(), p.reader.Email, lang))
		p.compare(t, mailData, 1)
	}
}

// TestGoldenPlans compares what reminds of an item of a plan.
func TestGoldenPlans(t *testing.T) {
	for _, lang := range texts().Langs() {
		p := newPost(t, lang, nil)
		p.write(t, func(tx *storage.Tx) error {
			plan := &Plan{Meta: fixed("plan"), ClusterID: p.cluster.ID, Kind: PlanStrategy, Lang: lang, Title: p.in("Strategy 2030", "Strategia 2030")}
			must(t, plans.Put(tx, plan))
			for kind, day := range map[string]string{mailPlanDue: "2027-02-19", mailPlanOverdue: "2027-01-19"} {
				x := &PlanItem{Meta: fixed(kind), PlanID: plan.ID, ClusterID: p.cluster.ID, What: p.in("Ask ten members for their needs", "Kysytään kymmeneltä jäseneltä tarpeista"), OwnerID: p.reader.ID, Due: day, State: ActionOpen}
				must(t, p.tellPlanOwner(tx, plan, x, p.reader, kind))
			}
			return nil
		})
		p.compare(t, "plan.item", 2)
	}
}
