package io.tapsentinel.tap.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.NastyAnswers;
import io.tapsentinel.tap.answer.ReaderCheck.End;
import io.tapsentinel.tap.answer.ReaderCheck.Handed;
import io.tapsentinel.tap.answer.ReaderCheck.Reading;
import io.tapsentinel.tap.answer.ReaderCheck.Result;
import io.tapsentinel.tap.answer.ReaderCheck.Violation;
import io.tapsentinel.tap.api.Mutation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers with random mutations: bytes changed, lost, swapped, moved or doubled. */
@Tag("full")
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzedAnswersIT {

    private static final int ACCIDENTS = Integer.getInteger("tapsentinel.fuzz.accidents", 100_000);
    private static final long SEED = Long.getLong("tapsentinel.fuzz.seed", 11);
    /** Mutations per answer. */
    private static final int EACH = 25;
    /** One answer in this many is a real one of TAP. */
    private static final int LIVE = 40;

    private final Map<End, Integer> ends = new EnumMap<>(End.class);
    private final Map<Violation, Map<Mutation.How, Integer>> violations = new EnumMap<>(Violation.class);
    private final Map<String, String> examples = new TreeMap<>();

    @Test
    void noMutationLosesOtherEventsOrInventsOne() throws Exception {
        run(SEED, ACCIDENTS, ReaderCheck::read);

        System.out.println("seed " + SEED + ": " + ends);
        assertThat(violations)
                .as("seed %d, %s, for example %s", SEED, ends, examples)
                .isEmpty();
        assertThat(ends.keySet()).as("kinds of ends that were seen").hasSize(End.values().length);
    }

    @Test
    void checkDetectsAReaderThatSearchesForTheNextBrace() throws Exception {
        run(1, 2_000, BrokenReaders::searchesForTheNextBrace);

        assertThat(violations).containsKeys(Violation.MADE_OF_CONTENT);
    }

    @Test
    void checkDetectsAReaderThatDropsUnreadableElements() throws Exception {
        run(1, 2_000, BrokenReaders::dropsWhatCannotBeRead);

        assertThat(violations).containsKeys(Violation.DROPPED);
    }

    @Test
    void checkDetectsAReaderThatCommitsWithoutTheEnd() throws Exception {
        run(1, 2_000, BrokenReaders::commitsWithoutTheEnd);

        assertThat(violations).containsKeys(Violation.CUT_UNNOTICED);
    }

    @Test
    void checkDetectsAReaderThatTrustsTheRestTooEarly() throws Exception {
        run(1, 5_000, BrokenReaders::goesOnWithoutASurvey);

        assertThat(violations).containsKeys(Violation.TRUSTED_TOO_EARLY);
    }

    private void run(long seed, int accidents, Reading reading) throws IOException {
        Random random = new Random(seed);
        NastyAnswers answers = new NastyAnswers(random);
        byte[] live = live();
        for (int i = 0; i < accidents / EACH; i++) {
            byte[] answer = i % LIVE == 0 ? live : answers.next();
            List<Handed> original = new ArrayList<>();
            ReaderCheck.read(answer, original::add);
            assertThat(original).allMatch(event -> event.event() != null && !event.unknown());
            for (int n = 0; n < EACH; n++) {
                Mutation accident = Mutation.of(answer, random);
                Result result = ReaderCheck.check(answer, original, accident, reading);
                ends.merge(result.end(), 1, Integer::sum);
                for (Violation violation : result.violations()) {
                    violations
                            .computeIfAbsent(violation, unused -> new EnumMap<>(Mutation.How.class))
                            .merge(accident.how(), 1, Integer::sum);
                    // the shortest one
                    examples.merge(
                            violation + " " + accident.how(),
                            shown(answer, accident),
                            (one, two) -> one.length() <= two.length() ? one : two);
                }
            }
        }
    }

    /** The mutation with some context; only generated content, so it may be shown. */
    private static String shown(byte[] before, Mutation accident) {
        int from = Math.max(0, accident.prefix() - 60);
        int to = Math.min(before.length, before.length - accident.suffix() + 60);
        int toAfter = Math.min(accident.document().length, accident.document().length - accident.suffix() + 60);
        return accident.how() + "\n    " + text(before, from, to) + "\n => " + text(accident.document(), from, toAfter);
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, Math.max(0, to - from), StandardCharsets.ISO_8859_1).replace("\n", "\\n");
    }

    private static byte[] live() throws IOException {
        try (InputStream in = FuzzedAnswersIT.class.getResourceAsStream("/samples/all-live.json")) {
            return in.readAllBytes();
        }
    }
}
