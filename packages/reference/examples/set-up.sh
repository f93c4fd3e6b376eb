export WAYBILL_URL=http://127.0.0.1:8080
export WAYBILL_API_KEY=oak_live_…
export WAYBILL_ORGANIZATION=org_default

printf 'Hello, Waybill!\n' > hello.txt
head -c 1000000 /dev/urandom > big.bin
