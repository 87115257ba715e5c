package io.tapsentinel.doctor;

import io.tapsentinel.config.Remedies;
import io.tapsentinel.doctor.Web.Answer;
import io.tapsentinel.tap.api.ClockDifference;
import io.tapsentinel.tap.api.TapClock;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Compares this machine's clock with the Date header of TAP's answer, as the program does. */
final class ClockCheck implements Check {

    private final Supplier<Optional<Answer>> tap;

    /** @param tap TAP's answer, empty if there was none */
    ClockCheck(Supplier<Optional<Answer>> tap) {
        this.tap = tap;
    }

    @Override
    public String name() {
        return "clock";
    }

    @Override
    public void run(Consumer<Finding> found) {
        found.accept(
                tap.get().map(this::finding).orElseGet(() -> Finding.skipped(name(), "skipped: TAP did not answer")));
    }

    private Finding finding(Answer answer) {
        if (answer.date().isEmpty()) {
            return Finding.skipped(name(), "skipped: TAP's answer has no Date header");
        }
        TapClock clock = new TapClock(Clock.fixed(answer.received(), ZoneOffset.UTC));
        clock.observed(answer.date().get(), answer.sent(), answer.received());
        Duration ahead = clock.ahead().orElse(Duration.ZERO);
        String text = "this machine's clock is " + ClockDifference.describe(ahead) + " TAP's";
        return ahead.abs().compareTo(ClockDifference.REPORTED_OVER) > 0
                ? Finding.problem(name(), text + "; " + Remedies.CLOCK + ", and Azure may refuse tokens")
                : Finding.ok(name(), ahead.isZero() ? text : text + "; the program compensates");
    }
}
