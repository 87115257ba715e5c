package io.tapsentinel.report;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.rejected.FileEndpoint;
import io.tapsentinel.rejected.RejectedDocument;
import io.tapsentinel.rejected.RejectedFile;
import io.tapsentinel.sentinel.batch.RejectedRecord.Reason;
import io.tapsentinel.store.ReadOnlyStore;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The {@code rejected} command: records that the store lists as rejected, then all other documents at {@code tap.rejected.uri}, such
 * as records with cut values. Reads one document at a time.
 */
public final class Rejected {

    /** Earlier versions stored this for the 21st and later unknown types; such rows are pruned after 8 days. */
    private static final String OTHER = "other";

    private static final String NONE = "-";

    private final ReadOnlyStore store;
    private final Path folder;
    private final PrintStream out;
    private int printed;

    private Rejected(ReadOnlyStore store, Path folder, PrintStream out) {
        this.store = store;
        this.folder = folder;
        this.out = out;
    }

    /**
     * Prints a tab-separated line per record: table or unknown type, key, time stored, reason, code, file. The last three are
     * {@code -} if the endpoint is not a folder or the file is gone. Returns the number of lines.
     */
    public static int print(ReportSettings settings, PrintStream out) {
        try (ReadOnlyStore store = ReadOnlyStore.open(settings.state(), settings.source())) {
            Path folder = FileEndpoint.folder(settings.rejectedUri())
                    .filter(Files::isDirectory)
                    .orElse(null);
            Rejected rejected = new Rejected(store, folder, out);
            rejected.known();
            if (folder != null) {
                rejected.others();
            }
            return rejected.printed;
        }
    }

    /** Rejected records of the source that are not in Sentinel. */
    public static long count(ReadOnlyStore store) {
        return store.number("SELECT count(*) FROM seen WHERE source = ? AND rejected = 1", store.source());
    }

    private void known() {
        store.each(
                "SELECT stream, key, added FROM seen WHERE source = ? AND rejected = 1 ORDER BY added, stream, key",
                row -> {
                    String key = HexFormat.of().formatHex(row.getBytes(2));
                    String added = Instant.ofEpochMilli(row.getLong(3)).toString();
                    int before = printed;
                    String stream = row.getString(1);
                    if (folder != null && stream.equals(OTHER)) {
                        each("*-" + key + "-*.json", this::print);
                    } else if (folder != null) {
                        // tries each possible name instead of listing the folder for every row
                        Stream.of(Reason.values())
                                .map(reason -> folder.resolve(RejectedDocument.name(stream, key, reason)))
                                .filter(RejectedFile::isDocument)
                                .filter(Files::isRegularFile)
                                .map(RejectedFile::of)
                                .forEach(this::print);
                    }
                    if (printed == before) {
                        line(stream, key, added, NONE, NONE, NONE);
                    }
                },
                store.source());
    }

    private void others() {
        each("*.json", document -> {
            if (document.isAnswer()
                    || document.isOtherMessage()
                    || store.number(
                                    "SELECT count(*) FROM seen WHERE source = ? AND stream IN (?, ?) AND key = ? AND rejected = 1",
                                    store.source(),
                                    document.stream(),
                                    OTHER,
                                    HexFormat.of().parseHex(document.key()))
                            == 0) {
                print(document);
            }
        });
    }

    private void each(String names, Consumer<RejectedFile> action) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, names)) {
            for (Path file : files) {
                if (RejectedFile.isDocument(file)) {
                    action.accept(RejectedFile.of(file));
                }
            }
        } catch (IOException e) {
            throw new InvalidSettingException("tap.rejected.uri: " + folder + " cannot be read: " + SafeMessage.of(e));
        }
    }

    private void print(RejectedFile document) {
        line(document.stream(), document.key(), document.time(), document.reason(), document.code(), document.file());
    }

    private void line(String stream, String key, String at, String reason, String code, String file) {
        out.println(String.join(
                "\t", Format.table(stream), key, at.isEmpty() ? NONE : at, reason, code.isEmpty() ? NONE : code, file));
        printed++;
    }
}
