"""A replica: what it holds of all logs, where they belong, and what it shows of a topic."""

from bundles import read_bundle
from cards import read_introduction
from messages import acknowledging, cited_id, fold_acks, in_order, is_message, message_in, needs_newer
from segments import Refused, read_proof, read_segment
from taking import INFINITY, Knowledge


def code_of(data):
    """The code with which a segment is refused for itself, or None."""
    try:
        read_segment(data)
    except Refused as refusal:
        return refusal.code
    return None


class Replica:
    """Takes segments, proofs and bundles, in commits."""

    def __init__(self, today, joined=None):
        self.today, self.joined = today, joined
        self.logs = {}
        self.counted = {}  # log: the items by which later logs retracted in it when the last commit ended

    def log(self, log):
        if log not in self.logs:
            self.logs[log] = Knowledge(self.today)
        return self.logs[log]

    # taking

    def commit(self, proofs, segments):
        """Takes these as one commit; the code of each, None where it was taken or is known."""
        self._begin()
        codes = [self._take_proof(proof) for proof in proofs]
        codes += [self._take_segment(segment) for segment in segments]
        self._settle()
        return codes

    def import_bundle(self, data):
        """Takes what is wanted of a bundle (spec/bundle.md, "Import"); what was refused, as {log: codes in order}."""
        bundle = read_bundle(data)
        told = {}
        for log, _, end, _, bytes_ in bundle.segments:
            if end == 1:
                told[log] = told.get(log) or self._introduction_in(bytes_)
        refused = []
        self._begin()
        for proof in bundle.proofs:
            log = read_proof(proof).log
            if not read_proof(proof).valid or self._is_wanted(log, told):
                refused.append((log, self._take_proof(proof)))
        for log, first, end, id_, bytes_ in bundle.segments:
            if self._is_known(log, first, end, id_):
                # need not be looked into, so whether it is refused is left open
                code = code_of(bytes_)
                if end > self.logs[log].freeze:
                    code = self._take_segment(bytes_)
                refused.append((log, code and "maybe " + code))
                continue
            if log in self.logs and self.logs[log].freeze == 0:
                # whose it was, it no longer says
                refused.append((log, "maybe contradiction"))
            # what is not wanted is verified all the same
            take = self._take_segment if self._is_wanted(log, told) else code_of
            refused.append((log, take(bytes_)))
        self._settle()
        for log, first, end, _, _ in bundle.segments:
            if self._is_stripped(log, 0, INFINITY):
                # of entries that an earlier bundle brought it may be told again
                refused.append((log, "stripped" if self._is_stripped(log, first, end) else "maybe stripped"))
        found = {}
        for log, code in refused:
            if code is not None:
                found.setdefault(log, []).append(code)
        return found

    def _begin(self):
        for knowledge in self.logs.values():
            knowledge.begin()

    def _settle(self):
        """The end of a commit: what later logs retract counts from here on, or counts no more."""
        for log, knowledge in self.logs.items():
            items = set(self._retracts_in(log))
            if self.counted.get(log, set()) - items:
                knowledge.derive_again()
            self.counted[log] = items
            knowledge.settle(lambda entry: self.is_retracted_elsewhere(log, entry))

    def _is_known(self, log, first, end, id_):
        """Whether a record names entries that are held, or were until a freeze came, with the id at their end."""
        known = self.logs.get(log)
        if known is None or not all(known.is_held(n) or n in known.here and n >= known.freeze for n in range(first, end)):
            return False
        return known.here[end - 1][0].id == id_

    def _is_stripped(self, log, first, end):
        """Whether some of these entries remained stripped."""
        return log in self.logs and any(first <= seq < end for seq in self.logs[log].stripped())

    def _is_wanted(self, log, told):
        """Whether it is known that a log is in the topic that was joined; anybody's is taken then."""
        introduction = self.introduction(log) or told.get(log)
        return introduction is not None and introduction.topic == self.joined

    @staticmethod
    def _introduction_in(data):
        try:
            segment = read_segment(data)
        except Refused:
            return None
        payload = segment.entries[0].payload
        return None if payload is None else read_introduction(segment.log, payload)

    def _take_proof(self, data):
        try:
            proof = read_proof(data)
        except Refused as refusal:
            return refusal.code
        if not proof.valid:
            return "bad-chain"
        self._begun(proof.log).take_proof(proof.length)
        return None

    def _take_segment(self, data):
        try:
            segment = read_segment(data)
        except Refused as refusal:
            return refusal.code
        return self._begun(segment.log).take(segment)

    def _begun(self, log):
        """The log, in which a commit was begun."""
        knowledge = self.log(log)
        if not knowledge.taken:
            knowledge.begin()
        return knowledge

    # where logs belong

    def introduction(self, log):
        """The genuine introduction that is held of a log, or None."""
        return self.placement(log) if log in self.logs and self.logs[log].is_held(0) else None

    def placement(self, log):
        """The same also where it is left over: what was here stays in its topic."""
        known = self.logs.get(log)
        if known is None or not (known.is_held(0) or known.is_left_over(0)):
            return None
        payload = known.here[0][0].payload
        return None if payload is None else read_introduction(log, payload)

    def continued(self, log):
        """The logs that a log continues, of the same person all the way ("Metadata", retracts-in).

        The introductions that say so are held; that of the oldest may be left over.
        """
        found, introduction = [], self.introduction(log)
        while introduction is not None and introduction.after is not None:
            older = introduction.after[0]
            before = self.placement(older)
            if before is None or before.person != introduction.person or older in found:
                break
            found.append(older)
            introduction = self.introduction(older)
        return found

    # retraction

    def is_retracted_elsewhere(self, log, entry):
        """Whether a log that continues this one retracts the entry (spec/log.md, "Metadata", `retracts-in`)."""
        return any(self._is_meant(log, entry.seq, entry.id, item) for item in self._retracts_in(log))

    def _retracts_in(self, log):
        """The items [from, end, id] that count for a log, also those of entries that are stripped."""
        for other, knowledge in self.logs.items():
            if log not in self.continued(other):
                continue
            for seq, (entry, _) in knowledge.here.items():
                told = entry.means.retracts_in
                if 0 < seq < knowledge.freeze and told is not None and told[0] == log:
                    yield from told[1]

    def _is_meant(self, log, seq, id_, item):
        """The entry with exactly that id at end - 1, and those before it down to a gap."""
        start, end, last_id = item
        known = self.log(log)
        # what is named behind a freeze takes along nothing before it
        if not start <= seq < end or seq < known.freeze < end:
            return False
        if seq == end - 1:
            return id_ == last_id
        # behind a freeze the chain is known of what is left over
        is_known = all(n in known.here and (n < known.freeze or known.is_left_over(n)) for n in range(seq + 1, end))
        return is_known and known.here[end - 1][0].id == last_id

    def is_retracted(self, log, entry):
        """Whether it is not to be shown (spec/message.md, "Retraction", "Behind a freeze")."""
        knowledge = self.logs[log]
        known = [other for other, _ in knowledge.here.values() if other.seq > 0]
        by = [other for other in known if other.seq < knowledge.freeze or self._is_behind(log, other, entry)]
        own = any(start <= entry.seq < end for other in by for start, end in other.means.retracts)
        return own or self.is_retracted_elsewhere(log, entry)

    def _is_behind(self, log, other, entry):
        """Whether one left over comes behind another without a gap."""
        return all(map(self.logs[log].is_left_over, range(entry.seq, other.seq + 1))) and entry.seq < other.seq

    # what is shown

    def shown(self, topic):
        """The messages of a topic in order: (log, entry, state)."""
        placed = {log: self.placement(log) for log in self.logs}
        logs = [log for log, one in placed.items() if one is not None and one.topic == topic]
        ordered = in_order({log: self.logs[log].entries() for log in logs})
        places = Places(self, ordered)
        return [(log, entry, places.state(log, entry)) for log, entry in ordered]

    def acknowledged(self, log, end=INFINITY, deps=True):
        """What the author of a log acknowledges in its entries before that seq: {log: ranges}.

        Without `deps` by acks alone: a reader may leave out deps of what it has not looked into.
        """
        end = min(end, self.logs[log].freeze)
        entries = (entry for entry in self.logs[log].entries() if entry.seq < end)
        found = [said for said in map(acknowledging, entries) if said is not None]
        return fold_acks((cited if deps else [], ack) for cited, ack in found)

    def delivered(self, person):
        """Of each log the seqs that are held here and that a person is known to hold, by what it acknowledged."""
        found = {}
        for log in self.logs:
            introduction = self.introduction(log)
            if introduction is None or introduction.person != person:
                continue
            said = self.acknowledged(log, min(self._given_up_at(log), default=INFINITY))
            for other, ranges in said.items():
                known = self.logs.get(other)
                for start, end, id_ in ranges if known else []:
                    if end <= known.freeze and known.ids.get(end) == id_:
                        found.setdefault(other, set()).update(seq for seq in known.held() if start <= seq < end)
        return found

    def _given_up_at(self, log):
        """The lengths at which logs of the same person say that they continue this one."""
        own = self.introduction(log)
        for other in self.logs:
            later = self.introduction(other)
            if own and later and later.after and later.after[0] == log and later.person == own.person:
                yield later.after[1]

    def entry(self, log, seq):
        """The entry held before the freeze, or None."""
        knowledge = self.logs.get(log)
        return knowledge.here[seq][0] if knowledge and knowledge.is_held(seq) else None

    def cites(self, log, entry):
        """What a message answers: (log, seq, id or None), or None."""
        message = message_in(entry)
        if message is None or message.reply is None:
            return None
        dep = message.deps[message.reply]
        return dep[0], dep[1], cited_id(self.entry, log, entry.seq, dep)


class Places:
    """Which messages are one, and where each is shown (spec/message.md, "Written again")."""

    def __init__(self, replica, ordered):
        self.replica, self.ordered = replica, ordered
        self.original = {}  # (log, seq, id) of a copy that counts: that of its original
        for log, entry in ordered:
            message = message_in(entry)
            if message is not None and message.again is not None and self.counts(log, message.again):
                self.original[log, entry.seq, entry.id] = message.again
        self.members = {}  # root: places in order
        for log, entry in ordered:
            self.members.setdefault(self.root((log, entry.seq, entry.id)), []).append((log, entry))

    def counts(self, log, again):
        """"Reading copies", 2."""
        older, seq, id_ = again
        ours, theirs = self.replica.placement(log), self.replica.placement(older)
        if older == log or not ours or not theirs:
            return False
        if (ours.person, ours.topic) != (theirs.person, theirs.topic):
            return False
        knowledge = self.replica.logs[older]
        if not (knowledge.is_held(seq) or knowledge.is_left_over(seq)) or knowledge.here[seq][0].id != id_:
            return True
        return is_message(knowledge.here[seq][0])

    def root(self, place):
        while place in self.original:
            place = self.original[place]
        return place

    def shown(self, root):
        """The place in which a message is shown ("Reading copies", 4)."""
        places = self.members[root]
        for log, entry in places:
            if (log, entry.seq, entry.id) == root:
                return log, entry
        for log, entry in places:
            if entry.seq < self.replica.logs[log].freeze:
                return log, entry
        return places[0]

    def state(self, log, entry):
        """What is told of a message in one place: the first that is true."""
        root = self.root((log, entry.seq, entry.id))
        places = self.members[root]
        shown_log, shown = self.shown(root)
        if any(self.replica.is_retracted(*place) for place in places) or self.root_is_retracted(root):
            return "retracted"
        if shown.means.expires is not None and shown.means.expires <= self.replica.today:
            return "expired"
        if (shown_log, shown.seq) != (log, entry.seq):
            return "copy"
        if entry.payload is None:
            return "dropped"
        if entry.seq >= self.replica.logs[log].freeze:
            return "contradicted"
        if needs_newer(entry):
            return "newer-version"
        return "unreadable" if message_in(entry) is None else "shown"

    def root_is_retracted(self, root):
        """By `retracts-in` that names the original of a copy, by seq and id, also where that is not held."""
        log, seq, id_ = root
        items = self.replica._retracts_in(log) if log in self.replica.logs else []
        return len(self.members[root]) > 0 and any(end - 1 == seq and last == id_ for _, end, last in items)
