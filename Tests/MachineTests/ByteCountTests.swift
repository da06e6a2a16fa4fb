import Testing

@testable import Machine

@Suite struct ByteCountTests {
    @Test(arguments: [
        ("4096", 4096), ("512 bytes", 512), ("70000 b", 70000), ("1 KiB", 1024), ("1kb", 1000), ("512 MiB", 512 << 20),
        ("2GiB", 2 << 30), ("1.5 GB", 1_500_000_000), (".5 tib", 1 << 39), ("3 TB", 3_000_000_000_000),
        ("2 gib ", 2 << 30),
    ])
    func amounts(text: String, bytes: Int) { #expect(ByteCount(parsing: text)?.bytes == bytes) }

    @Test(arguments: [
        "", " ", "GiB", "-1 GiB", "0", "0 GiB", "1e9", "1.2.3", ".", "12 parsecs", "1 PiB", "99999999999 TiB", "nan",
        "inf", "1 Gi B", "٣ GiB", "1,5 GiB",
    ])
    func whatIsNoAmount(text: String) { #expect(ByteCount(parsing: text) == nil) }

    @Test(arguments: [
        (0, "0 bytes"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (10 << 10, "10 KiB"),
        (3 << 30, "3.0 GiB"), (1 << 50, "1024 TiB"),
    ])
    func words(bytes: Int, text: String) { #expect(ByteCount(bytes).description == text) }
}
