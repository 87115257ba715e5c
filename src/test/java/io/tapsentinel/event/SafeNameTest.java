package io.tapsentinel.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.config.OwnSecrets;
import io.tapsentinel.testing.OddNames;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeNameTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"messagesHeld", "clicksPermitted", "a", "x2", "2x", "messages_Held", "a.b-c", "MessagesBlocked"})
    void plainNameIsUnchanged(String name) {
        assertThat(SafeName.of(name)).isEqualTo(name);
    }

    @Test
    void everyResultIsShortAndPlain() {
        assertThat(OddNames.ALL)
                .hasSizeGreaterThan(30)
                .allSatisfy(name -> assertThat(SafeName.of(name))
                        .matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")
                        .hasSizeLessThanOrEqualTo(SafeName.MOST)
                        .doesNotEndWith("."));
    }

    @Test
    void secretsAreMaskedInNames() {
        OwnSecrets.know("AlnumSecretWord4711");

        assertThat(SafeName.of("AlnumSecretWord4711")).startsWith("______.").hasSize(31);
        assertThat(SafeName.of("x-AlnumSecretWord4711")).startsWith("x_______.");
    }

    @Test
    void differentNamesHaveDifferentResults() {
        Set<String> names = new LinkedHashSet<>(OddNames.ALL);
        for (int i = 0; i < 3; i++) {
            names.addAll(names.stream().map(SafeName::of).collect(Collectors.toSet()));
        }
        assertThat(names).hasSizeGreaterThan(2 * OddNames.ALL.size());
        assertThat(names.stream().map(SafeName::of)).doesNotHaveDuplicates();
    }

    @Test
    void resultsAreStableAcrossVersions() {
        assertThat(SafeName.of("")).isEqualTo("_.e3b0c44298fc1c149afbf4c8");
        assertThat(SafeName.of("a/b")).isEqualTo("a_b.225b0adb1d75082b6a4f6032");
    }
}
