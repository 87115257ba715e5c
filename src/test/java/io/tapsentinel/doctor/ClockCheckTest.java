package io.tapsentinel.doctor;

import static io.tapsentinel.doctor.DoctorSetup.NOW;
import static io.tapsentinel.doctor.DoctorSetup.line;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.config.Remedies;
import io.tapsentinel.doctor.Finding.Mark;
import io.tapsentinel.doctor.Web.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClockCheckTest {

    private static final Duration TOOK = Duration.ofSeconds(2);

    /** {@code seconds}: TAP's clock minus this machine's. */
    @ParameterizedTest
    @CsvSource({
        "0, about the same as",
        "-2, about the same as",
        "-6, about the same as",
        "4, about the same as",
        "-22, 20 s ahead of",
        "29, 29 s behind"
    })
    void differenceUpTo30SecondsIsOk(int seconds, String words) {
        assertThat(clock(Mark.OK, NOW.plusSeconds(seconds)))
                .startsWith("this machine's clock is " + words + " TAP's")
                .doesNotContain("time service");
    }

    @ParameterizedTest
    @CsvSource({"-33, 31 s ahead of", "31, 31 s behind", "-7202, 2 h ahead of", "7200, 2 h behind"})
    void differenceOver30SecondsIsAProblem(int seconds, String words) {
        assertThat(clock(Mark.PROBLEM, NOW.plusSeconds(seconds)))
                .contains(words + " TAP's")
                .contains(Remedies.CLOCK);
    }

    @Test
    void withoutTapsTimeTheCheckIsSkipped() {
        assertThat(clock(Mark.SKIPPED, null)).contains("no Date");
        assertThat(line(Mark.SKIPPED, new ClockCheck(Optional::empty))).contains("TAP did not answer");
    }

    private static String clock(Mark mark, Instant date) {
        Answer answer = new Answer(401, "", true, Optional.ofNullable(date), NOW.minus(TOOK), NOW);
        return line(mark, new ClockCheck(() -> Optional.of(answer)));
    }
}
