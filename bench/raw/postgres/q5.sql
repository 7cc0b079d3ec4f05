SELECT '{"data":{"view":{"page":' || bench_record(asker.client, asker.account, asker.person, $2, $3::uuid, $4::int) || '}}}'
FROM asker
