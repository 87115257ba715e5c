package io.tapsentinel.doctor;

import static io.tapsentinel.tap.plan.TapLimits.SHORTEST_WINDOW;

import io.tapsentinel.app.Settings;
import io.tapsentinel.config.Remedies;
import io.tapsentinel.doctor.Web.Answer;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.Network;
import io.tapsentinel.net.Redactor;
import io.tapsentinel.read.TapBudget;
import io.tapsentinel.tap.api.TapRefusedException;
import io.tapsentinel.tap.api.TapRefusedException.Reason;
import io.tapsentinel.tap.plan.TimeRange;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;

/** Asks TAP for the shortest window it answers, once: whether it is there and takes the credentials. */
final class TapCheck implements Check {

    /** How long before now the window ends, so that a clock that is not quite right does not matter. */
    private static final Duration AGO = Duration.ofMinutes(10);

    private final ConfigurationCheck configuration;
    private final Web web;
    private final Clock clock;
    private Answer answer;
    private Reason refusal;

    TapCheck(ConfigurationCheck configuration, Web web, Clock clock) {
        this.configuration = configuration;
        this.web = web;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "TAP";
    }

    @Override
    public void look(Consumer<Finding> found) {
        found.accept(configuration.finding(name(), this::finding));
    }

    /** What it answered; empty when it did not. */
    Optional<Answer> answer() {
        return Optional.ofNullable(answer);
    }

    /** Whether it says that the credential's pool of requests is used up. */
    boolean isThrottled() {
        return refusal == Reason.THROTTLED;
    }

    private Finding finding(Settings settings) {
        Instant to = clock.instant().minus(AGO).truncatedTo(ChronoUnit.SECONDS);
        URI question = URI.create(settings.tapUrl() + TapBudget.PATH + "?format=json&interval="
                + new TimeRange(to.minus(SHORTEST_WINDOW), to));
        try {
            answer = web.get(question, basic(settings));
        } catch (IOException e) {
            return Finding.wrong(
                    name(), web.unreached(settings.tapUrl(), "tap.url").words(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Finding.unknown(name(), "interrupted");
        }
        if (answer.status() == 200 && !answer.json()) {
            return Finding.wrong(
                    name(),
                    Network.place(settings.tapUrl())
                            + " answered 200 with something that is no JSON, such as a page of a"
                            + " portal or proxy; is tap.url TAP's own host, and may this machine reach it?");
        }
        if (answer.status() == 200 || answer.status() == 204) {
            return Finding.well(
                    name(),
                    Network.place(settings.tapUrl()) + " takes the credentials; it answered " + answer.status()
                            + " to one request for " + SHORTEST_WINDOW.toSeconds()
                            + " seconds, which TAP counts among its " + HumanText.number(settings.requestsPerDay())
                            + " a day and the program does not");
        }
        TapRefusedException refused = new TapRefusedException(answer.status(), answer.refusal());
        refusal = refused.reason();
        return Finding.wrong(name(), Redactor.line(refused.getMessage()) + "; " + remedy(refused));
    }

    private static String basic(Settings settings) {
        byte[] pair = (settings.principal() + ':' + settings.secret().get()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    private static String remedy(TapRefusedException refused) {
        return switch (refused.reason()) {
            case CREDENTIALS ->
                Remedies.TAP_CREDENTIALS
                        + "; the TAP dashboard makes one under Settings, Connected Applications, and nothing on the way may keep it out";
            case THROTTLED -> Remedies.TAP_THROTTLED;
            case STILL_CURRENT, TOO_OLD -> "this machine's clock is not TAP's: " + Remedies.CLOCK;
            case REQUEST ->
                refused.status() == 404
                        ? "there is no SIEM API at tap.url: it is the host alone, https://tap-api-v2.proofpoint.com"
                        : "is tap.url TAP's own host?";
            case TIMED_OUT, TRANSIENT ->
                refused.status() < 400
                        ? "where only 200 and 204 are answers of TAP's: is tap.url TAP's own host?"
                        : "TAP or what lies between has a bad moment, which the program would wait for; try again later";
        };
    }
}
