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

/** This machine's time beside the Date of TAP's answer, as the program compares them. */
final class ClockCheck implements Check {

    private final Supplier<Optional<Answer>> tap;

    /** @param tap what TAP has answered */
    ClockCheck(Supplier<Optional<Answer>> tap) {
        this.tap = tap;
    }

    @Override
    public String name() {
        return "clock";
    }

    @Override
    public void look(Consumer<Finding> found) {
        found.accept(tap.get()
                .map(this::finding)
                .orElseGet(() -> Finding.unknown(name(), "TAP's answer would tell its time, and there was none")));
    }

    private Finding finding(Answer answer) {
        if (answer.date().isEmpty()) {
            return Finding.unknown(name(), "TAP's answer has no Date, so that its time is not known");
        }
        TapClock clock = new TapClock(Clock.fixed(answer.received(), ZoneOffset.UTC));
        clock.observed(answer.date().get(), answer.sent(), answer.received());
        Duration ahead = clock.ahead().orElse(Duration.ZERO);
        String words = "this machine's clock is " + ClockDifference.describe(ahead) + " TAP's";
        return ahead.abs().compareTo(ClockDifference.REPORTED_OVER) > 0
                ? Finding.wrong(name(), words + "; " + Remedies.CLOCK + ", and Azure may refuse tokens")
                : Finding.well(name(), ahead.isZero() ? words : words + ", which the program allows for");
    }
}
