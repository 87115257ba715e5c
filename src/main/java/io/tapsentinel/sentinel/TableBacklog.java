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
 * The backlog of a table that is or was suspended, and its description for health, reports and the page.
 *
 * @param type      type of its events
 * @param suspended the suspension; empty if the table accepts records
 * @param deferred  number of its deferred events
 * @param withdrawn number of deferred events that TAP no longer reports
 * @param waiting   time that must be read again for it, oldest first
 */
public record TableBacklog(
        EventType type, Optional<Suspended> suspended, long deferred, long withdrawn, List<TimeRange> waiting) {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String TAIL = "; the other tables go on, and TAP keeps the events for 7 days";

    /** A copy with another suspension, or none. */
    public TableBacklog with(Optional<Suspended> other) {
        return new TableBacklog(type, other, deferred, withdrawn, waiting);
    }

    /** How long it has been suspended, as an {@link Age}; zero if it is not. */
    public Duration length(Instant now) {
        return suspended.map(so -> Age.of(so.since(), now)).orElse(Duration.ZERO);
    }

    /** Describes the state in one line without a final full stop; empty if there is no backlog. */
    public Optional<String> words(Instant now) {
        return suspended.isPresent()
                ? Optional.of(suspended(suspended.get(), now))
                : waiting.isEmpty()
                        ? Optional.empty()
                        : Optional.of(catchingUp(waiting.get(0).from(), now));
    }

    /** What to do about the suspension; empty if there is none. */
    public Optional<String> remedy() {
        return suspended.map(so -> Remedies.ofTable(UploadException.statusIn(so.reason())) + TAIL);
    }

    /** {@link #words} and {@link #remedy} as sentences. */
    public Optional<String> sentences(Instant now) {
        return words(now)
                .map(words -> words + "."
                        + remedy().map(so -> " " + so.substring(0, 1).toUpperCase(Locale.ROOT) + so.substring(1) + ".")
                                .orElse(""));
    }

    private String suspended(Suspended so, Instant now) {
        return type.table() + " has been suspended for "
                + HumanText.duration(length(now).truncatedTo(ChronoUnit.SECONDS)) + " (since "
                + HumanText.time(so.since().truncatedTo(ChronoUnit.MINUTES), now) + "): " + reason(so) + ". "
                + (deferred == 0 ? "No event is deferred yet" : events() + " deferred")
                + "; next " + (deferred == 0 && waiting.isEmpty() ? "check" : "probe") + " at the "
                + (so.nextProbe().isAfter(now)
                        ? "first poll after " + HumanText.time(minuteFrom(so.nextProbe()), now)
                        : "next poll");
    }

    /** Without a final full stop, and with the wording of earlier versions replaced. */
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
                        ? "no event is deferred; this time is read from TAP again"
                        : events() + " deferred and being read from TAP again");
    }

    /** The first whole minute not before the time; a poll in that minute is certain to probe. */
    private static Instant minuteFrom(Instant time) {
        Instant minute = time.truncatedTo(ChronoUnit.MINUTES);
        return minute.equals(time) ? minute : minute.plus(MINUTE);
    }
}
