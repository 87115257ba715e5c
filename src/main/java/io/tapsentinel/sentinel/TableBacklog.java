package io.tapsentinel.sentinel;

import io.tapsentinel.config.Remedies;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.tap.plan.Age;
import io.tapsentinel.tap.plan.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What one table is owed since it was suspended, and the words for it in health, reports and on the page.
 *
 * @param type      of its events
 * @param suspended since when it is, and why; empty while it accepts records
 * @param deferred  how many events wait for it
 * @param withdrawn how many waited for it and are no longer reported by TAP
 * @param waiting   the time that has to be read again for it, oldest first
 */
public record TableBacklog(
        EventType type, Optional<Suspended> suspended, long deferred, long withdrawn, List<TimeRange> waiting) {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String TAIL = "; the other tables go on, and TAP keeps the events for 7 days";

    /** The same with another suspension, or none. */
    public TableBacklog with(Optional<Suspended> other) {
        return new TableBacklog(type, other, deferred, withdrawn, waiting);
    }

    /** How long it has been suspended, as an {@link Age}; zero while it is not. */
    public Duration length(Instant now) {
        return suspended.map(so -> Age.of(so.since(), now)).orElse(Duration.ZERO);
    }

    /** What there is to say, without what to do, in one line that ends without a full stop; empty when it is owed nothing. */
    public Optional<String> words(Instant now) {
        return suspended.isPresent()
                ? Optional.of(suspended(suspended.get(), now))
                : waiting.isEmpty()
                        ? Optional.empty()
                        : Optional.of(catchingUp(waiting.get(0).from(), now));
    }

    /** What to do while it is suspended; empty while it is not. */
    public Optional<String> remedy() {
        return suspended.map(so -> Remedies.ofTable(UploadException.statusIn(so.reason())) + TAIL);
    }

    /** The same and what to do, for people. */
    public Optional<String> sentences(Instant now) {
        return words(now)
                .map(words -> words + "."
                        + remedy().map(so -> " " + so.substring(0, 1).toUpperCase(Locale.ROOT) + so.substring(1) + ".")
                                .orElse(""));
    }

    private String suspended(Suspended so, Instant now) {
        return type.table() + " has been suspended for "
                + HumanText.duration(length(now)) + " (since "
                + HumanText.time(so.since().truncatedTo(ChronoUnit.MINUTES), now) + "): " + reason(so) + ". "
                + (deferred == 0 ? "No event is deferred yet" : events() + " deferred")
                + "; next " + (deferred == 0 && waiting.isEmpty() ? "check" : "probe") + " at the "
                + (so.nextProbe().isAfter(now)
                        ? "first poll after " + HumanText.time(minuteFrom(so.nextProbe()), now)
                        : "next poll");
    }

    /** Without a full stop, and without the names that earlier versions put into the reason. */
    private String reason(Suspended so) {
        return so.reason()
                .replace("upload to " + TableSchema.of(type.table()).stream() + " ", "")
                .replaceAll("refused: (?=\\d{3}\\b)", "Sentinel answered ")
                .replaceFirst("[.\\s]+$", "");
    }

    private String events() {
        return HumanText.count(deferred, "event") + (deferred == 1 ? " is" : " are");
    }

    private String catchingUp(Instant oldest, Instant now) {
        return type.table() + " is catching up from "
                + HumanText.time(oldest.truncatedTo(ChronoUnit.MINUTES), now) + ": "
                + (deferred == 0
                        ? "no event is deferred; this time is read from TAP once more"
                        : events() + " deferred and being read from TAP again");
    }

    /** The first whole minute that is not before it: a poll of that minute is a probe for certain. */
    private static Instant minuteFrom(Instant time) {
        Instant minute = time.truncatedTo(ChronoUnit.MINUTES);
        return minute.equals(time) ? minute : minute.plus(MINUTE);
    }
}
