package io.tapsentinel.yamlroutes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.testing.Events;
import io.tapsentinel.testing.MovableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LookupFilesTest {

    private static final String FILE = "some.properties";

    @TempDir
    Path folder;

    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-20T12:00:00Z"));
    private LookupFiles lookup;

    @BeforeEach
    void open() {
        lookup = new LookupFiles(folder, clock);
    }

    @Test
    void valueIsPutIntoAnotherField() throws Exception {
        write("10.0.0.1 = Wien, Süd");

        TapEvent event = put("10.0.0.1");

        assertThat(event.getFields()).containsEntry("from", "10.0.0.1").containsEntry("to", "Wien, Süd");
    }

    @Test
    void fieldWithoutAnEntryIsUnchanged() throws Exception {
        write("= empty\nnull = no\n7 = seven");
        for (Object key : Arrays.asList("none", null, 7, List.of(), Arrays.asList(null, 7, "none"))) {
            assertThat(put(key).getFields()).containsEntry("to", "before");
        }
    }

    @Test
    void listIsLookedUpElementByElement() throws Exception {
        write("a = 1\nb = 2");

        assertThat(put(Arrays.asList("A", "other", null, "b")).getFields())
                .containsEntry("to", Arrays.asList("1", "other", null, "2"));
    }

    @Test
    void keysIgnoreCaseAndTheLastEntryWins() throws Exception {
        write("A@x = 1\na@X = 2");

        assertThat(put("a@x").getFields()).containsEntry("to", "2");
    }

    @Test
    void hostileTextIsOnlyAKey() throws Exception {
        write("${exception} = found");

        assertThat(put("${exception}").getFields()).containsEntry("to", "found");
        assertThat(put("x\n${exception}").getFields()).containsEntry("to", "before");
    }

    @Test
    void replacedFileOfTheSameSizeAndTimeIsReadAgain() throws Exception {
        write("a = 1");
        FileTime time = Files.getLastModifiedTime(folder.resolve(FILE));
        assertThat(put("a").getFields()).containsEntry("to", "1");

        Path other = Files.writeString(folder.resolve("other"), "a = 2");
        Files.setLastModifiedTime(other, time);
        Files.move(other, folder.resolve(FILE), StandardCopyOption.REPLACE_EXISTING);
        clock.advance(Duration.ofSeconds(1));

        assertThat(put("a").getFields()).containsEntry("to", "2");
    }

    @Test
    void fileIsCheckedOnceASecondAndWhenTheClockGoesBack() throws Exception {
        write("a = 1");
        put("a");
        write("a = 22");
        clock.advance(Duration.ofMillis(999));
        assertThat(put("a").getFields()).containsEntry("to", "1");
        clock.advance(Duration.ofHours(-1));
        assertThat(put("a").getFields()).containsEntry("to", "22");
    }

    @Test
    void unusableFileIsNamedWithoutItsContent() throws Exception {
        assertRefused("is missing");
        write("a = \\u00g0 hush");
        assertRefused("is not a properties file");
        Files.write(folder.resolve(FILE), "a = Süd hush".getBytes(StandardCharsets.ISO_8859_1));
        assertRefused("is not UTF-8");
        Files.write(folder.resolve(FILE), new byte[LookupFile.MOST_BYTES + 1]);
        assertRefused("is larger than 10 MB");
        Files.delete(folder.resolve(FILE));
        Files.createDirectory(folder.resolve(FILE));
        assertRefused("cannot be read (Is a directory)");
        Files.delete(folder.resolve(FILE));
        write("a = 1");
        clock.advance(Duration.ofSeconds(1));
        assertThat(put("a").getFields()).containsEntry("to", "1");
        Files.delete(folder.resolve(FILE));
        assertRefused("is missing");
    }

    @Test
    void numberOfFilesIsLimited() throws Exception {
        for (int i = 0; i < LookupFiles.MOST; i++) {
            Files.writeString(folder.resolve(i + ".properties"), "a = 1");
            lookup.put(event("a"), "from", "to", i + ".properties");
        }
        write("a = 1");
        assertThatThrownBy(() -> put("a")).hasMessageContaining("more than 16 files");
        lookup.put(event("a"), "from", "to", "0.properties");
    }

    private void assertRefused(String why) {
        clock.advance(Duration.ofSeconds(1));
        assertThatThrownBy(() -> put("a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("lookup: some.properties " + why + after(why)
                        + "; events that need it are not sent until this is fixed");
    }

    private static String after(String why) {
        return why.startsWith("is not a properties") ? ": \\u must be followed by four hex digits" : "";
    }

    private TapEvent put(Object key) {
        TapEvent event = event(key);
        lookup.put(event, "from", "to", FILE);
        return event;
    }

    private static TapEvent event(Object key) {
        TapEvent event = Events.event(EventType.CLICKS_PERMITTED, "1");
        event.getFields().put("from", key);
        event.getFields().put("to", "before");
        return event;
    }

    private void write(String text) throws IOException {
        Files.writeString(folder.resolve(FILE), text);
    }
}
